use askama::Template;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use super::render::render;
use crate::refusal::Refusal;
use crate::view::{Layout, Piece, pieces_of_sentence};

/// A refusal that becomes a page.
pub(crate) struct PageRefusal(pub(crate) Refusal);

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    layout: Layout,
    status: u16,
    title: &'static str,
    message: Vec<Piece>,
    hint: Vec<Piece>,
    /// Pages that may have been meant.
    near: Vec<(String, String)>,
}

impl From<Refusal> for PageRefusal {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for PageRefusal {
    fn into_response(self) -> Response {
        self.0.log();
        let (status, _) = self.0.status_and_code();
        let (message, hint) = self.0.message_and_hint();
        let near = self.0.near_pages();
        let title = match status.as_u16() {
            404 => "Nothing here",
            403 => "Not like this",
            409 => "Not any more",
            422 => "That cannot be taken",
            429 => "Too often",
            400..=499 => "That cannot be read",
            501 => "Not on this server",
            503 => "Not right now",
            _ => "Something went wrong here",
        };
        let page = RefusalPage {
            // What leads on from here leads to what every server has.
            layout: Layout::new(false),
            status: status.as_u16(),
            title,
            message: pieces_of_sentence(&message),
            hint: pieces_of_sentence(&hint.filter(|_| near.is_empty()).unwrap_or_default()),
            near,
        };
        with_retry(render(status, &page), &self.0)
    }
}

/// An answer that says when to come back, where the refusal in it knows.
pub(crate) fn with_retry(mut response: Response, refusal: &Refusal) -> Response {
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
