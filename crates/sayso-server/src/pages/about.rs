use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::render::render;
use crate::desk::Desk;
use crate::headers::X_ROBOTS_TAG;
use crate::view::{Badge, Layout};
use sayso_core::Stance;

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    layout: Layout,
    allowed: Badge,
    unknown: Badge,
    disallowed: Badge,
}

/// `GET /about`
pub(crate) async fn about(State(desk): State<Desk>) -> Response {
    let page = AboutPage {
        layout: desk.layout(),
        allowed: Badge::new(Stance::Allowed),
        unknown: Badge::new(Stance::Unknown),
        disallowed: Badge::new(Stance::Disallowed),
    };
    let mut response = render(StatusCode::OK, &page);
    response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    response
}
