use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sayso",
        description = "Find out what an image model was trained on. Every error has one form; a query is neither \
                       logged nor kept. What this API promises changes only with the number in its path."
    ),
    paths(
        super::search::search,
        super::compare::compare,
        super::export::export,
        super::facets::facets,
        super::matching::copies,
        super::near::near,
        super::sample::sample,
        super::value::domain,
        super::value::creator,
        super::value::licence,
        super::value::column,
        super::lineage::lineage,
        super::lineage::lineage_node,
        super::lineage::lineage_path,
        super::sql::sql,
        super::datasets::datasets,
        super::claims::claim,
        super::look_up::look_up,
        super::spawning::spawning,
        super::opt_outs::opt_outs,
        super::removals::removals,
        super::log::checkpoint,
        super::log::tile,
        super::log::cosign,
        super::log::proof,
        super::log::consistency,
        super::knn::knn_service,
        super::knn::indices_list,
        super::health::health,
        openapi
    )
)]
struct Description;

static DESCRIPTION: LazyLock<Result<String, serde_json::Error>> =
    LazyLock::new(|| Description::openapi().to_pretty_json());

/// This description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "server",
    responses((status = 200, description = "the API in OpenAPI 3.1", content_type = "application/json"))
)]
pub(crate) async fn openapi() -> Response {
    match &*DESCRIPTION {
        Ok(json) => ([(CONTENT_TYPE, "application/json")], json.as_str()).into_response(),
        Err(error) => {
            tracing::error!("could not describe the API: {error}");
            super::ApiRefusal(crate::refusal::Refusal::Stopped).into_response()
        }
    }
}
