use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::types::{ApiComparison, ErrorEnvelope};
use crate::desk::Desk;
use crate::refusal::Refusal;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareParameters {
    /// The first dataset, by name.
    #[param(required, value_type = String)]
    a: Option<String>,
    /// The second.
    #[param(required, value_type = String)]
    b: Option<String>,
}

/// Compare two datasets pair by pair: what is in both, and what in one alone.
#[utoipa::path(
    get,
    path = "/api/v1/compare",
    tag = "datasets",
    params(CompareParameters),
    responses(
        (status = 200, description = "how many pairs are in both, and what each has alone", body = ApiComparison),
        (status = 404, description = "there is no such dataset", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn compare(
    State(desk): State<Desk>,
    parameters: Result<Query<CompareParameters>, QueryRejection>,
) -> Result<Json<ApiComparison>, ApiRefusal> {
    let Query(CompareParameters { a, b }) = parameters.map_err(|_| Refusal::Parameters)?;
    let compared = desk.compare(&a.unwrap_or_default(), &b.unwrap_or_default()).await?;
    Ok(Json(ApiComparison::new(&compared)))
}
