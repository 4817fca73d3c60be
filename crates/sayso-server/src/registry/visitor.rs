use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use sayso_registry::claim::ClaimId;
use sayso_registry::office::{Secret, Session};

use super::desk::RegistryDesk;
use crate::refusal::Refusal;

/// Who asks, as far as their cookie tells.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// What the cookie holds, or will.
    pub(crate) secret: Secret,
    /// Whether the browser does not have it yet.
    pub(crate) is_new: bool,
    /// What they may do.
    pub(crate) session: Session,
}

/// The cookie's name; over TLS one that no other host and no page under a path can set.
const NAME: &str = "sayso";
const SECURE_NAME: &str = "__Host-sayso";

impl Visitor {
    /// What a form carries, so that no other site can send it.
    pub(crate) fn form_token(&self) -> String {
        self.secret.derived("form").to_string()
    }

    /// Whether a form's token is that of this visitor. Compared in full, whatever comes.
    pub(crate) fn is_own_form(&self, given: &str) -> bool {
        let own = self.form_token();
        let differs = own.bytes().zip(given.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        !self.is_new && own.len() == given.len() && differs == 0
    }

    /// Whether a claim is theirs.
    pub(crate) fn holds(&self, claim: ClaimId) -> bool {
        self.session.claims.contains(&claim)
    }

    /// The operator's name, or that there is none.
    pub(crate) fn operator(&self) -> Result<&str, Refusal> {
        self.session.operator.as_deref().ok_or(Refusal::NotOperator)
    }
}

impl RegistryDesk {
    /// Who asks.
    pub(crate) async fn visitor(&self, headers: &HeaderMap) -> Result<Visitor, Refusal> {
        let found = cookie(headers, self.cookie_name());
        self.work(move |room| {
            let known = match &found {
                Some(secret) => room.office()?.session(secret, super::now())?,
                None => None,
            };
            let is_new = found.is_none();
            let secret = found.map_or_else(|| Secret::new(&mut sayso_registry::SystemRandomness), Ok)?;
            Ok(Visitor { secret, is_new, session: known.unwrap_or_default() })
        })
        .await
    }

    const fn cookie_name(&self) -> &'static str {
        if self.is_https { SECURE_NAME } else { NAME }
    }

    /// Has the browser keep a visitor's secret, if it does not have it.
    pub(crate) fn keep(&self, visitor: &Visitor, response: &mut Response) {
        if visitor.is_new {
            let seconds = self.limits.session_time.as_secs();
            self.set(&format!("{}; Max-Age={seconds}", visitor.secret), response);
        }
    }

    /// Has the browser forget it.
    pub(crate) fn forget(&self, response: &mut Response) {
        self.set("; Max-Age=0", response);
    }

    fn set(&self, value: &str, response: &mut Response) {
        let secure = if self.is_https { "; Secure" } else { "" };
        let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", self.cookie_name());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    values.next()?.parse().ok()
}
