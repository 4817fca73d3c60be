use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::view::PictureSource;

/// Nothing runs, nothing is loaded from elsewhere, nothing is sent elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The same for the page that verifies: its script can reach nothing, so that what it is given cannot be sent anywhere.
const ALONE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'none'; \
                            base-uri 'none'; frame-ancestors 'none'";

/// The same for the page whose script asks this server.
const SCRIPT_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
                             img-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// What goes onto every response that does not say otherwise.
///
/// The defaults are the careful ones, so that a new page is private until its author decides that it is not: what is
/// shown here are names and words of people who were not asked.
static DEFAULTS: [(HeaderName, &str); 9] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (CACHE_CONTROL, "no-store"),
    (X_ROBOTS_TAG, "noindex, noai"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "browsing-topics=(), camera=(), geolocation=(), interest-cohort=(), microphone=(), payment=(), usb=()",
    ),
];

/// Middleware that completes the headers of every response.
pub(crate) async fn complete(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in &DEFAULTS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Lets the page of a response load one picture from where it lies.
pub(crate) fn let_load(headers: &mut HeaderMap, source: &PictureSource) {
    if let Ok(policy) = HeaderValue::from_str(&policy_with(&source.origin)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Lets the page of a response run our own script, ask this server, and show the reader's own picture, which lies in the
/// browser.
pub(crate) fn let_script(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPT_POLICY));
}

/// Lets the page of a response run our own script, and neither load nor send anything.
pub(crate) fn let_script_alone(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ALONE_POLICY));
}

fn policy_with(origin: &str) -> String {
    POLICY.replacen("img-src 'self'", &format!("img-src 'self' {origin}"), 1)
}

#[cfg(test)]
mod tests {
    use super::{POLICY, policy_with};

    #[test]
    fn one_origin_joins_the_policy() {
        let policy = policy_with("https://example.org");
        assert!(policy.contains("img-src 'self' https://example.org;"), "{policy}");
        assert_eq!(policy.len(), POLICY.len() + " https://example.org".len());
    }
}
