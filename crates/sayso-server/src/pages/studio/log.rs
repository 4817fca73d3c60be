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
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "studio_deletions.html")]
struct DeletionsPage {
    layout: Layout,
    /// What was looked for.
    sought: Option<String>,
    deletions: Vec<DeletionView>,
    /// Whether this is not where the list begins, and where it goes on.
    is_later: bool,
    older: Option<String>,
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
    let Query(DeletionParameters { commitment, before }) = parameters.map_err(|_| Refusal::Parameters)?;
    let sought = commitment.map(|text| shortened(text.trim(), 64).to_ascii_lowercase()).filter(|text| !text.is_empty());
    let entry = |text: String| {
        let wrong = |_| Refusal::Parameter {
            name: "before",
            given: shortened(&text, 40),
            hint: "the number of an entry".to_owned(),
        };
        text.parse::<u64>().map_err(wrong)
    };
    let before = before.map(entry).transpose()?;
    let part = desk.studio()?.deletions(desk.registry()?, before, sought.clone()).await?;
    // What was looked for is hexadecimal digits, or is not found.
    let more = sought.as_ref().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let more = more.map_or_else(String::new, |text| format!("&commitment={text}"));
    let older = part.older.map(|entry| format!("/studio/deletions?before={entry}{more}"));
    let views = part.found.into_iter().map(|(entry, deletion)| DeletionView {
        entry,
        made_at: Moment::new(deletion.made_at),
        deleted_at: Moment::new(deletion.deleted_at),
        files: deletion.files,
        cause: cause_in_words(deletion.cause),
        commitment: deletion.contents.to_string(),
    });
    let deletions = views.collect();
    let page = DeletionsPage { layout: desk.layout(), sought, deletions, is_later: before.is_some(), older };
    Ok(render(StatusCode::OK, &page))
}
