use axum::Json;
use axum::extract::State;

use super::types::{ApiDataset, Datasets};
use crate::desk::Desk;

/// Which datasets are searched, and what they are.
#[utoipa::path(
    get,
    path = "/api/v1/datasets",
    tag = "datasets",
    responses((status = 200, description = "the datasets, in the order in which they were opened", body = Datasets))
)]
pub(crate) async fn datasets(State(desk): State<Desk>) -> Json<Datasets> {
    Json(Datasets { datasets: desk.datasets().iter().map(ApiDataset::new).collect() })
}
