use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sayso::export::{ExportFormat, ExportOptions};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::ErrorEnvelope;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::shortened;

/// The most samples in one answer. Whoever wants more has `sayso export`.
pub(crate) const MOST_EXPORTED: u64 = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportParameters {
    /// The query whose hits are wanted.
    #[param(required, value_type = String, example = "licence:cc-by")]
    q: Option<String>,
    /// `csv`, `tsv`, `jsonl` or `urls`; csv if not given.
    #[param(value_type = Option<String>)]
    format: Option<String>,
    /// The columns, separated by commas; all but the features if not given.
    #[param(value_type = Option<String>, example = "url,caption,creator")]
    columns: Option<String>,
    /// How many at most; 10,000 if not given, which is the most.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 10_000)]
    limit: Option<String>,
}

/// The hits of a query as a table, in the order of the dataset. Personal data in texts is masked.
#[utoipa::path(
    get,
    path = "/api/v1/export",
    tag = "search",
    params(ExportParameters),
    responses(
        (status = 200, description = "the table, which may be empty", content_type = "text/csv"),
        (status = 400, description = "the query or a parameter cannot be read", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn export(
    State(desk): State<Desk>,
    parameters: Result<Query<ExportParameters>, QueryRejection>,
) -> Result<Response, ApiRefusal> {
    let Query(ExportParameters { q, format, columns, limit }) = parameters.map_err(|_| Refusal::Parameters)?;
    let format = format.map_or(Ok(ExportFormat::Csv), |name| read_format(&name))?;
    let limit = number("limit", limit.as_deref(), MOST_EXPORTED, MOST_EXPORTED)?;
    let columns: Vec<String> =
        columns.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect();
    let known = desk.columns();
    if let Some(unknown) = columns.iter().find(|name| !known.contains(name)) {
        let hint = format!("some of {}", known.join(", "));
        return Err(Refusal::Parameter { name: "columns", given: shortened(unknown, 40), hint }.into());
    }
    // A missing query is an empty one: the query language says what is wrong with that.
    let query = Some(q.unwrap_or_default());
    let table = desk.export(ExportOptions { format, columns, query, limit, mask_personal: true }).await?;
    let (kind, ending) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        ExportFormat::Tsv => ("text/tab-separated-values; charset=utf-8", "tsv"),
        ExportFormat::JsonLines | ExportFormat::Parquet => ("application/x-ndjson", "jsonl"),
        ExportFormat::Urls => ("text/plain; charset=utf-8", "txt"),
    };
    let name = format!("attachment; filename=\"samples.{ending}\"");
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], table).into_response())
}

fn read_format(name: &str) -> Result<ExportFormat, Refusal> {
    let format = name.parse().ok().filter(|format| *format != ExportFormat::Parquet);
    format.ok_or_else(|| Refusal::Parameter {
        name: "format",
        given: shortened(name, 40),
        hint: "one of csv, tsv, jsonl, urls".to_owned(),
    })
}
