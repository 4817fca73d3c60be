use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use sayso::studio::FileName;

use super::super::PageRefusal;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::studio::FileBody;

/// `GET /studio/files/{name}`: a file of one's own session.
pub(crate) async fn file(
    State(desk): State<Desk>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, PageRefusal> {
    let Path(name) = name.map_err(|_| Refusal::NoPage)?;
    let name: FileName = name.parse().map_err(|_| Refusal::NoPage)?;
    let studio = desk.studio()?;
    let token = studio.guest(&headers).ok_or(Refusal::NoStudioSession)?.token();
    let served = studio.work(move |studio| studio.file(&token, name)).await?.ok_or(Refusal::NoPage)?;
    let is_shown = matches!(name, FileName::Upload(_) | FileName::Sample(_) | FileName::Picture(_));
    let way = if is_shown { "inline" } else { "attachment" };
    let (kind, called) = (served.kind, format!("{way}; filename=\"{}\"", served.name));
    let mut response = ([(CONTENT_TYPE, kind)], Body::new(FileBody::new(served))).into_response();
    if let Ok(value) = HeaderValue::from_str(&called) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
