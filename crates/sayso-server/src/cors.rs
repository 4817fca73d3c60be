use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

/// Sites whose pages may read what the API answers, in the reader's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// Every page of the web.
    Any,
    /// The pages of one site: scheme, host and port.
    Site(String),
}

/// The text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no origin\nhint: write `https://example.org`, with a port if need be and without a path, or `*` for all"
)]
pub struct OriginError(String);

impl FromStr for AllowedOrigin {
    type Err = OriginError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        if given == "*" {
            return Ok(Self::Any);
        }
        let url = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
        let url = url.filter(|url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty());
        let origin = url.filter(|url| url.password().is_none()).map(|url| url.origin().ascii_serialization());
        // Browsers send the origin in this form, and compare it byte by byte with the answer.
        origin.map(Self::Site).ok_or_else(|| OriginError(given.chars().take(80).collect()))
    }
}

/// Middleware that lets pages of these sites read answers of the API, and nothing else, and never with a login.
pub(crate) async fn answer(State(allowed): State<Arc<[AllowedOrigin]>>, request: Request, next: Next) -> Response {
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if allowed.is_empty() || !request.uri().path().starts_with("/api/v1/") || !(is_read || is_preflight) {
        return next.run(request).await;
    }
    let origin = allowed_origin(&allowed, request.headers());
    let mut response = if is_preflight && origin.is_some() { preflight() } else { next.run(request).await };
    let headers = response.headers_mut();
    if !allowed.contains(&AllowedOrigin::Any) {
        // What one site is answered is not what another is.
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-disposition, retry-after"));
    }
    response
}

/// The origin to be named in the answer; `None` where the page that asks may not read it.
fn allowed_origin(allowed: &[AllowedOrigin], headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    if allowed.contains(&AllowedOrigin::Any) {
        return Some(HeaderValue::from_static("*"));
    }
    let is_site =
        |one: &AllowedOrigin| matches!(one, AllowedOrigin::Site(site) if site.as_bytes() == origin.as_bytes());
    allowed.iter().any(is_site).then(|| origin.clone())
}

/// The answer to a browser that asks before it asks.
fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "accept, accept-language, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::AllowedOrigin;

    #[test]
    fn origins_are_as_browsers_send_them() {
        let site = |origin: &str| Ok(AllowedOrigin::Site(origin.to_owned()));
        assert_eq!("*".parse(), Ok(AllowedOrigin::Any));
        assert_eq!("https://Example.org".parse(), site("https://example.org"));
        assert_eq!("https://example.org:443/".parse(), site("https://example.org"));
        assert_eq!("http://localhost:3000".parse(), site("http://localhost:3000"));
        for bad in ["", "null", "example.org", "https://a.example/x", "https://u@a.example", "file:///", "https://*.a"]
        {
            let read = bad.parse::<AllowedOrigin>();
            assert!(read.is_err() || bad.contains('*'), "{bad}: {read:?}");
        }
    }
}
