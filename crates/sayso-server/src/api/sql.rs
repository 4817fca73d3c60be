use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sayso::sql::{WorkerRows, write_csv_header, write_csv_row};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::{ErrorEnvelope, SqlAnswer};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::shortened;

/// The most rows in one answer. Whoever wants more has `sayso sql`.
pub(crate) const MOST_ROWS: u64 = 10_000;

/// Rows of an answer where the question does not say.
const USUAL_ROWS: u64 = 1_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SqlParameters {
    /// The question: one `select`, `with`, `describe` or `explain`.
    #[param(required, value_type = String, example = "select domain, count(*) from samples group by 1 order by 2 desc limit 10")]
    q: Option<String>,
    /// The dataset that names without a dot are of, by name; the first if not given.
    #[param(value_type = Option<String>)]
    dataset: Option<String>,
    /// `json` or `csv`; json if not given.
    #[param(value_type = Option<String>)]
    format: Option<String>,
    /// How many rows at most; 1,000 if not given, 10,000 at most.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 10_000)]
    limit: Option<String>,
}

/// Ask the tables in SQL. They are only read; personal data in texts is masked before a condition sees it.
#[utoipa::path(
    get,
    path = "/api/v1/sql",
    tag = "search",
    params(SqlParameters),
    responses(
        (status = 200, description = "the rows, of which there may be none", body = SqlAnswer),
        (status = 400, description = "the question cannot be read or is none, asks for what is not there, fails, or needs too much memory", body = ErrorEnvelope),
        (status = 404, description = "there is no such dataset", body = ErrorEnvelope),
        (status = 501, description = "this server answers no SQL", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn sql(
    State(desk): State<Desk>,
    parameters: Result<Query<SqlParameters>, QueryRejection>,
) -> Result<Response, ApiRefusal> {
    let Query(SqlParameters { q, dataset, format, limit }) = parameters.map_err(|_| Refusal::Parameters)?;
    let limit = number("limit", limit.as_deref(), USUAL_ROWS, MOST_ROWS)?;
    let is_csv = match format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(other) => {
            let hint = "one of json, csv".to_owned();
            return Err(Refusal::Parameter { name: "format", given: shortened(other, 40), hint }.into());
        }
    };
    // A missing question is an empty one: the engine says what is wrong with that.
    let question = q.unwrap_or_default();
    let desk = desk.sql()?;
    let found = desk.ask(question.clone(), dataset.as_deref(), limit).await?;
    if is_csv {
        return Ok(csv(&found)?.into_response());
    }
    let dataset = dataset.or_else(|| desk.datasets().first().map(|dataset| dataset.name.clone())).unwrap_or_default();
    Ok(Json(SqlAnswer::new(question, dataset, found)).into_response())
}

fn csv(found: &WorkerRows) -> Result<impl IntoResponse + use<>, Refusal> {
    let mut table = Vec::new();
    let written = write_csv_header(&mut table, &found.columns)
        .and_then(|()| found.rows.iter().try_for_each(|row| write_csv_row(&mut table, row)));
    written.map_err(|_| Refusal::Stopped)?;
    let kind = "text/csv; charset=utf-8; header=present";
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, "attachment; filename=\"answer.csv\"")], table))
}
