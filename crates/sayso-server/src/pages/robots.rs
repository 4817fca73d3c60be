use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

/// Names and captions of other people are behind these addresses: they are for who asks, not for a crawl.
const ROBOTS: &str = "User-agent: *\nDisallow: /api/\nDisallow: /samples/\nDisallow: /search\nDisallow: /domain/\nDisallow: /creator/\n\
                      Disallow: /licence/\nDisallow: /studio/\n";

/// `GET /robots.txt`
pub(crate) async fn robots() -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], ROBOTS).into_response()
}
