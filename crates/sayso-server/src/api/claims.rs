use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use sayso_registry::claim::ClaimId;

use super::ApiRefusal;
use super::types::{ApiClaim, ErrorEnvelope};
use crate::desk::Desk;
use crate::refusal::Refusal;

/// Where a claim stands, and every step that it took. Only where the server keeps a registry.
#[utoipa::path(
    get,
    path = "/api/v1/claims/{number}",
    tag = "claims",
    params(("number" = u64, Path, description = "the claim's number")),
    responses(
        (status = 200, description = "the claim, as far as the log tells it", body = ApiClaim),
        (status = 404, description = "there is no such claim", body = ErrorEnvelope),
    )
)]
pub(crate) async fn claim(
    State(desk): State<Desk>,
    number: Result<Path<String>, PathRejection>,
) -> Result<Json<ApiClaim>, ApiRefusal> {
    let Path(number) = number.map_err(|_| Refusal::NoPage)?;
    let id: ClaimId = number.parse().map_err(|_| Refusal::NoPage)?;
    let found = desk.registry()?.work(move |room| {
        let mut registry = room.reader();
        let claim = registry.claim(id)?;
        let history = registry.history(id)?;
        Ok(ApiClaim::new(&claim, &history))
    });
    Ok(Json(found.await?))
}
