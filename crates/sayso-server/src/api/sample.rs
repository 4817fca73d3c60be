use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use sayso_core::Uid;

use super::ApiRefusal;
use super::types::{ErrorEnvelope, FoundSample};
use crate::desk::Desk;
use crate::refusal::Refusal;

/// One sample, with its verdict, every reason and the evidence.
#[utoipa::path(
    get,
    path = "/api/v1/samples/{uid}",
    tag = "samples",
    params(("uid" = String, Path, description = "the sample's identity: 32 hexadecimal digits")),
    responses(
        (status = 200, description = "the sample and the dataset that holds it", body = FoundSample),
        (status = 400, description = "that is no uid", body = ErrorEnvelope),
        (status = 404, description = "no dataset holds it", body = ErrorEnvelope),
        (status = 503, description = "busy", body = ErrorEnvelope),
    )
)]
pub(crate) async fn sample(
    State(desk): State<Desk>,
    uid: Result<Path<String>, PathRejection>,
) -> Result<Json<FoundSample>, ApiRefusal> {
    let Path(uid) = uid.map_err(|_| Refusal::NoPage)?;
    let uid: Uid = uid.parse().map_err(Refusal::Uid)?;
    let (dataset, sample) = desk.sample(uid).await?;
    Ok(Json(FoundSample { dataset: dataset.name, sample: (&sample).into() }))
}
