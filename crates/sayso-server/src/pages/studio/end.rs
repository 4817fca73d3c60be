use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sayso::studio::{Deleting, Ended};
use sayso_registry::entry::DeletionCause;

use super::super::PageRefusal;
use super::super::claim_steps::see;
use super::super::render::render;
use super::AGAIN;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::Layout;
use crate::view::words::{Moment, counted};

#[derive(Template)]
#[template(path = "studio_ended.html")]
struct EndedPage {
    layout: Layout,
    again: Option<u32>,
    form: String,
    done: Option<EndedView>,
}

struct EndedView {
    /// The entry; `None` as long as the log could not be written.
    entry: Option<u64>,
    files: String,
    at: Moment,
    cause: &'static str,
    commitment: String,
    /// The log's key.
    key: String,
}

/// `POST /studio/delete`
pub(crate) async fn delete(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, _) = studio.take(desk.registry()?, request).await?;
    let token = guest.token();
    let is_told = studio
        .work(move |studio| {
            let is_done = studio.delete(&token)? == Deleting::Done;
            Ok(!is_done || studio.ended(&token).is_some())
        })
        .await?;
    if is_told {
        return Ok(see("/studio/ended"));
    }
    // Nothing was ever brought: there is nothing on the log, and no receipt.
    let mut response = see("/studio");
    studio.forget(&mut response);
    Ok(response)
}

/// `GET /studio/ended`: what was deleted, and what proves it.
pub(crate) async fn ended(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let guest = studio.guest(&headers).ok_or(Refusal::NoStudioSession)?;
    let token = guest.token();
    let found = studio.work(move |studio| Ok((studio.ended(&token), studio.is_deleting(&token)))).await?;
    let done = match found {
        (Some(ended), _) => {
            let key = desk.registry()?.work(|room| Ok(room.reader().identity().key.to_string())).await?;
            Some(EndedView::new(&ended, key))
        }
        (None, true) => None,
        (None, false) => return Err(Refusal::NoStudioSession.into()),
    };
    let is_logged = done.as_ref().is_some_and(|done| done.entry.is_some());
    let again = (!is_logged).then_some(AGAIN);
    let page = EndedPage { layout: desk.layout(), again, form: guest.form_token(), done };
    Ok(render(StatusCode::OK, &page))
}

/// `POST /studio/forget`: the receipt is fetched, and nobody needs to keep it here.
pub(crate) async fn forget(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, _) = studio.take(desk.registry()?, request).await?;
    studio.studio().forget(&guest.token());
    let mut response = see("/studio");
    studio.forget(&mut response);
    Ok(response)
}

/// `GET /studio/receipt`: what opens the entry; before the deletion, what will open it if nothing is added.
pub(crate) async fn receipt(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let token = studio.guest(&headers).ok_or(Refusal::NoStudioSession)?.token();
    let receipt = studio
        .work(move |studio| match studio.ended(&token) {
            Some(ended) => Ok(ended.receipt),
            None => studio.receipt(&token),
        })
        .await?;
    let name = if receipt.proof.is_some() { "deletion.json" } else { "before-deletion.json" };
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, receipt.to_string()).into_response())
}

impl EndedView {
    fn new(ended: &Ended, key: String) -> Self {
        Self {
            entry: ended.receipt.proof.as_ref().map(|proof| proof.inclusion.number),
            files: counted(ended.deletion.files, "file", "files"),
            at: Moment::new(ended.deletion.deleted_at),
            cause: cause_in_words(ended.deletion.cause),
            commitment: ended.deletion.contents.to_string(),
            key,
        }
    }
}

/// Why something was deleted when it was.
pub(super) const fn cause_in_words(cause: DeletionCause) -> &'static str {
    match cause {
        DeletionCause::Asked => "whoever brought it asked for it",
        DeletionCause::Idle => "nobody came back",
        DeletionCause::Expired => "its time was over",
        DeletionCause::Stopped => "the server was stopped",
        DeletionCause::Found => "the server had ended without stopping, and found it when it was started again",
    }
}
