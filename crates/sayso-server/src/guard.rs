use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::ServerLimits;
use crate::api::{self, ApiRefusal};
use crate::pages::PageRefusal;
use crate::pages::studio::PICTURES;
use crate::refusal::Refusal;
use crate::registry::FORM_BYTES;
use crate::router::Opened;

/// The addresses that clip-retrieval's clients ask. They are the only ones that a body is sent to.
pub(crate) const KNN_SERVICE: &str = "/knn-service";
pub(crate) const INDICES_LIST: &str = "/indices-list";

/// Middleware that turns away what nothing here would read.
pub(crate) async fn check(
    State((limits, opened)): State<(ServerLimits, Opened)>,
    request: Request,
    next: Next,
) -> Response {
    let uri = request.uri();
    let uri_bytes = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if uri_bytes > limits.uri_bytes {
        return refuse(uri, Refusal::UriTooLong { most_bytes: limits.uri_bytes });
    }
    if has_body(request.headers())
        && let Err(refusal) = takes_body(&request, &limits, opened)
    {
        return refuse(uri, refusal);
    }
    next.run(request).await
}

/// The answer to an address that nothing is at.
pub(crate) async fn no_page(uri: Uri) -> Response {
    refuse(&uri, Refusal::NoPage)
}

/// The answer to a method that an address does not know.
pub(crate) async fn no_method(uri: Uri) -> Response {
    refuse(&uri, Refusal::Method)
}

/// A refusal in the form that goes with the address: programs get the envelope, people a page.
pub(crate) fn refuse(uri: &Uri, refusal: Refusal) -> Response {
    let is_program = ["/api/", "/log/", "/opt-outs"].iter().any(|start| uri.path().starts_with(start));
    if is_program || is_knn(uri) { ApiRefusal(refusal).into_response() } else { PageRefusal(refusal).into_response() }
}

/// Whether an address reads the body that is announced. One that will be too long need not be sent first; whoever does not
/// say how long it is, is told at the limit.
fn takes_body(request: &Request, limits: &ServerLimits, opened: Opened) -> Result<(), Refusal> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_within = |most_bytes: usize| announced.is_none_or(|length| length <= most_bytes as u64);
    if is_knn(request.uri()) {
        let most_bytes = limits.body_bytes;
        return if is_within(most_bytes) { Ok(()) } else { Err(Refusal::BodyTooLong { most_bytes }) };
    }
    if request.uri().path() == "/match" && request.method() == Method::POST {
        return if is_within(limits.form_bytes()) { Ok(()) } else { Err(Refusal::PictureNotTaken) };
    }
    if let Some(most_bytes) = opened.studio_bytes
        && request.method() == Method::POST
        && request.uri().path().starts_with("/studio/")
    {
        let is_pictures = request.uri().path() == PICTURES;
        let most_bytes = if is_pictures { most_bytes } else { FORM_BYTES };
        return match is_within(most_bytes) {
            true => Ok(()),
            false if is_pictures => Err(Refusal::StudioBody { most_bytes }),
            false => Err(Refusal::LongForm { most_bytes }),
        };
    }
    if opened.has_registry
        && request.method() == Method::POST
        && let Some(most_bytes) = registry_body(request.uri().path())
    {
        return if is_within(most_bytes) { Ok(()) } else { Err(Refusal::LongForm { most_bytes }) };
    }
    Err(Refusal::Body)
}

/// Bytes of what is sent to the registry.
fn registry_body(path: &str) -> Option<usize> {
    if matches!(path, api::LOOK_UP | api::SPAWNING) {
        return Some(api::LOOK_UP_BYTES);
    }
    let is_form = path == "/claim"
        || path == api::COSIGN
        || ["/claims/", "/report/", "/operator/"].iter().any(|start| path.starts_with(start));
    is_form.then_some(FORM_BYTES)
}

/// The addresses of clip-retrieval's clients, which are programs.
fn is_knn(uri: &Uri) -> bool {
    matches!(uri.path(), KNN_SERVICE | INDICES_LIST)
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}
