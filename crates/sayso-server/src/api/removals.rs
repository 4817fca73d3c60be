use axum::Json;
use axum::extract::State;

use super::ApiRefusal;
use super::types::ApiRemovals;
use crate::desk::Desk;

/// What was taken out, and how long people waited for it. Only where the server keeps a registry.
#[utoipa::path(
    get,
    path = "/api/v1/removals",
    tag = "claims",
    responses((status = 200, description = "the latest answers first", body = ApiRemovals))
)]
pub(crate) async fn removals(State(desk): State<Desk>) -> Result<Json<ApiRemovals>, ApiRefusal> {
    Ok(Json(desk.removals().await?))
}
