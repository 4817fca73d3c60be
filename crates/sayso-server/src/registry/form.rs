use std::net::IpAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use url::form_urlencoded;

use super::buckets::{Act, Peer};
use super::desk::RegistryDesk;
use super::visitor::Visitor;
use crate::refusal::Refusal;

/// Bytes of a form.
pub(crate) const FORM_BYTES: usize = 64 << 10;

/// Fields of a form.
const FIELDS: usize = 200;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What was filled in.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// The value of a field, without white space around it; `None` where nothing stands in it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
        values.find(|value| !value.is_empty())
    }

    /// Every value of a field that may stand several times.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }
}

impl RegistryDesk {
    /// Takes a form in: from a page of ours, by the visitor whom that page was made for, and not too often.
    pub(crate) async fn take(&self, act: Act, request: Request) -> Result<(Visitor, Form), Refusal> {
        let (parts, form) = self.take_fields(act, request).await?;
        let visitor = self.visitor(&parts.headers).await?;
        if visitor.is_own_form(form.get("form").unwrap_or_default()) {
            Ok((visitor, form))
        } else {
            Err(Refusal::OtherSite)
        }
    }

    /// Takes the fields of a form in, from a page of ours and not too often. Whose it is, is not looked at yet.
    pub(crate) async fn take_fields(&self, act: Act, request: Request) -> Result<(Parts, Form), Refusal> {
        let (parts, body) = request.into_parts();
        self.count(act, &parts)?;
        self.comes_from_here(&parts.headers)?;
        let is_form = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !is_form.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Refusal::Form { message: "a form is expected".to_owned() });
        }
        let bytes = self.read(body, FORM_BYTES).await?;
        let fields = form_urlencoded::parse(&bytes).take(FIELDS);
        let form = Form(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect());
        Ok((parts, form))
    }

    /// Reads a body whole, within its limits.
    pub(crate) async fn read(&self, body: Body, most_bytes: usize) -> Result<axum::body::Bytes, Refusal> {
        let reading = axum::body::to_bytes(body, most_bytes);
        let read = tokio::time::timeout(self.patience, reading).await.map_err(|_| Refusal::SlowBody)?;
        read.map_err(|_| Refusal::LongForm { most_bytes })
    }

    /// Counts that somebody does something.
    pub(crate) fn count(&self, act: Act, parts: &Parts) -> Result<(), Refusal> {
        self.peer(parts).map_or(Ok(()), |peer| self.take_from_bucket(peer, act))
    }

    /// Who asks, as far as it is known. Nobody is where the server is driven without a network.
    pub(crate) fn peer(&self, parts: &Parts) -> Option<Peer> {
        let told = if self.is_behind_proxy { forwarded(&parts.headers) } else { None };
        told.map(Peer).or_else(|| parts.extensions.get::<Peer>().copied())
    }

    /// Turns away what a browser says comes from another site.
    ///
    /// `Sec-Fetch-Site` is the browser's own word. `Origin` is `null` in forms of pages that send no referrer, as ours: then
    /// the form's token alone decides.
    pub(crate) fn comes_from_here(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if text(&SEC_FETCH_SITE).is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Err(Refusal::OtherSite);
        }
        let Some(origin) = text(&ORIGIN).filter(|origin| *origin != "null") else { return Ok(()) };
        let is_own = match &self.public_url {
            Some(public) => public.origin() == origin,
            None => {
                let host = text(&HOST).unwrap_or_default();
                origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host))
            }
        };
        if is_own { Ok(()) } else { Err(Refusal::OtherSite) }
    }
}

/// The client's address as the proxy in front says: the last one, which that proxy itself has seen.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(X_FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}
