use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use sayso_core::Sha256;
use sayso_registry::claim::ClaimId;
use sayso_registry::office::Secret;

use super::desk::StudioDesk;
use crate::refusal::Refusal;
use crate::registry::{Act, Peer, RegistryDesk, cookie};

/// Whoever has a session, as their cookie tells.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    secret: Secret,
    /// From where they sent a form.
    pub(super) from: Option<Peer>,
}

const NAME: &str = "sayso-studio";
const SECURE_NAME: &str = "__Host-sayso-studio";

impl Guest {
    pub(crate) const fn new(secret: Secret) -> Self {
        Self { secret, from: None }
    }

    /// By what the studio knows the session.
    pub(crate) fn token(&self) -> Sha256 {
        self.secret.hash()
    }

    /// What a form carries, so that no other site can send it.
    pub(crate) fn form_token(&self) -> String {
        self.secret.derived("studio form").to_string()
    }

    /// Whether a form's token is that of this session. Compared in full, whatever comes.
    pub(super) fn is_own_form(&self, given: &str) -> bool {
        let own = self.form_token();
        let differs = own.bytes().zip(given.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == given.len() && differs == 0
    }
}

/// Tokens of claims that one form can have.
const TOKENS: usize = 20;

impl StudioDesk {
    /// The claims that somebody has shown to be theirs: by their tokens, or because this browser follows them in the registry.
    pub(crate) async fn own_claims(
        &self,
        registry: &RegistryDesk,
        guest: &Guest,
        headers: &HeaderMap,
        tokens: Vec<Secret>,
    ) -> Result<Vec<ClaimId>, Refusal> {
        let mut own = registry.visitor(headers).await?.session.claims;
        if tokens.len() > TOKENS {
            return Err(Refusal::Form { message: "there are too many tokens in it".to_owned() });
        }
        for token in tokens {
            // Each counts as a token that is tried anywhere else.
            if let Some(peer) = guest.from {
                registry.take_from_bucket(peer, Act::LogIn)?;
            }
            own.extend(registry.followed_by(token).await?);
        }
        Ok(own)
    }

    /// Whoever asks, if they have a cookie of the studio.
    pub(crate) fn guest(&self, headers: &HeaderMap) -> Option<Guest> {
        cookie(headers, self.cookie_name()).map(Guest::new)
    }

    const fn cookie_name(&self) -> &'static str {
        if self.is_https { SECURE_NAME } else { NAME }
    }

    /// Has the browser keep a session: as long as it is open, or until the time that was named.
    pub(crate) fn keep(&self, guest: &Guest, response: &mut Response) {
        let keeping = &self.studio().options().keeping;
        let age = match keeping.idle {
            Some(_) => String::new(),
            None => format!("; Max-Age={}", keeping.most.as_secs()),
        };
        self.set(&format!("{}{age}", guest.secret), response);
    }

    /// Has the browser forget it.
    pub(crate) fn forget(&self, response: &mut Response) {
        self.set("; Max-Age=0", response);
    }

    fn set(&self, value: &str, response: &mut Response) {
        let secure = if self.is_https { "; Secure" } else { "" };
        let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}", self.cookie_name());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}
