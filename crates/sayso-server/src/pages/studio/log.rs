use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::PageRefusal;
use super::super::render::render;
use super::end::cause_in_words;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::words::Moment;
use crate::view::{Layout, shortened};

#[derive(Deserialize)]
pub(crate) struct DeletionParameters {
    commitment: Option<String>,
}

#[derive(Template)]
#[template(path = "studio_deletions.html")]
struct DeletionsPage {
    layout: Layout,
    /// What was looked for.
    sought: Option<String>,
    deletions: Vec<DeletionView>,
}

struct DeletionView {
    entry: u64,
    made_at: Moment,
    deleted_at: Moment,
    files: u64,
    cause: &'static str,
    commitment: String,
}

/// `GET /studio/deletions`: what the log says was deleted, for anybody.
pub(crate) async fn deletions(
    State(desk): State<Desk>,
    parameters: Result<Query<DeletionParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(DeletionParameters { commitment }) = parameters.map_err(|_| Refusal::Parameters)?;
    let sought = commitment.map(|text| shortened(text.trim(), 64).to_ascii_lowercase()).filter(|text| !text.is_empty());
    let found = desk.studio()?.deletions(desk.registry()?).await?;
    let views = found.into_iter().map(|(entry, deletion)| DeletionView {
        entry,
        made_at: Moment::new(deletion.made_at),
        deleted_at: Moment::new(deletion.deleted_at),
        files: deletion.files,
        cause: cause_in_words(deletion.cause),
        commitment: deletion.contents.to_string(),
    });
    let deletions = views.filter(|view| sought.as_ref().is_none_or(|sought| view.commitment == *sought)).collect();
    Ok(render(StatusCode::OK, &DeletionsPage { layout: desk.layout(), sought, deletions }))
}
