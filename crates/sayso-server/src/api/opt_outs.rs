use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::ErrorEnvelope;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::Act;

/// Claims of one page of the list.
const MOST_ROWS: u64 = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OptOutParameters {
    /// Only claims that were made or changed since the log had so many entries: the `until` of the list before. 0 if not given.
    #[param(value_type = Option<u64>, minimum = 0)]
    since: Option<String>,
    /// How many claims at most; 10,000 if not given, which is the most.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 10_000)]
    limit: Option<String>,
}

/// The list of claims for other builders: JSON Lines, the signed note about the rows first. Only where the server keeps a
/// registry.
#[utoipa::path(
    get,
    path = "/opt-outs",
    tag = "claims",
    params(OptOutParameters),
    responses(
        (status = 200, description = "a page of the list; it goes on at the note's `until`, up to its `size`", body = String,
         content_type = "application/jsonl"),
        (status = 404, description = "the log was never so long", body = ErrorEnvelope),
        (status = 429, description = "too many questions of one client", body = ErrorEnvelope),
    )
)]
pub(crate) async fn opt_outs(
    State(desk): State<Desk>,
    parameters: Result<Query<OptOutParameters>, QueryRejection>,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let Query(OptOutParameters { since, limit }) = parameters.map_err(|_| Refusal::Parameters)?;
    let since = number("since", since.as_deref(), 0, u64::MAX)?;
    let limit = number("limit", limit.as_deref(), MOST_ROWS, MOST_ROWS)?.max(1);
    let registry = desk.registry()?;
    registry.count(Act::LookUp, &request.into_parts().0)?;
    let list = registry.work(move |room| {
        let listing = room.list_since(since, limit)?;
        let key = room.reader().identity().key.to_string();
        Ok(format!("{}\n{}", json!({ "version": 1, "key": key, "note": listing.note.to_string() }), listing.rows))
    });
    Ok(([(CONTENT_TYPE, "application/jsonl; charset=utf-8")], list.await?).into_response())
}
