use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::render::render;
use crate::assets;
use crate::desk::Desk;
use crate::headers::{X_ROBOTS_TAG, let_script_alone};
use crate::view::Layout;

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    layout: Layout,
    script: &'static str,
}

/// `GET /verify`: the page that verifies receipts of removal in the reader's browser.
pub(crate) async fn verify(State(desk): State<Desk>) -> Response {
    let page = VerifyPage { layout: desk.layout(), script: assets::verify_path() };
    let mut response = render(StatusCode::OK, &page);
    response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    let_script_alone(response.headers_mut());
    response
}
