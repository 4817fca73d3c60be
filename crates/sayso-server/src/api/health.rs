use axum::Json;
use axum::extract::State;

use super::types::Health;
use crate::desk::Desk;

/// Whether the server answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "server",
    responses((status = 200, description = "it does", body = Health))
)]
pub(crate) async fn health(State(desk): State<Desk>) -> Json<Health> {
    let summaries = desk.datasets();
    Json(Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        datasets: summaries.len(),
        samples: summaries.iter().map(|summary| summary.samples).sum(),
    })
}
