use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::desk::Desk;
use crate::hosts::Hosts;
use crate::{AllowedOrigin, ServerLimits, api, assets, cors, guard, headers, hosts, pages, suffix};

/// Who may ask.
pub(crate) struct Doors {
    /// The sites whose pages may read the API.
    pub(crate) origins: Arc<[AllowedOrigin]>,
    /// The names by which the server is asked.
    pub(crate) hosts: Arc<Hosts>,
}

/// Every address that is answered, and those of pages with `.json` behind them.
pub(crate) fn router(desk: Desk, limits: ServerLimits, doors: Doors) -> Router {
    let router = addresses(desk, limits)
        .layer(middleware::from_fn_with_state(limits, guard::check))
        .layer(middleware::from_fn_with_state(doors.origins, cors::answer))
        .layer(middleware::from_fn_with_state(doors.hosts, hosts::check))
        .layer(middleware::from_fn(headers::complete));
    // What changes the address stands before the router that reads it.
    let to_api = middleware::map_request(|request| async { suffix::to_api(request) });
    Router::new().fallback_service(router).layer(to_api)
}

/// Every address that is answered.
fn addresses(desk: Desk, limits: ServerLimits) -> Router {
    let picture_body = DefaultBodyLimit::max(limits.form_bytes());
    Router::new()
        .route("/", get(pages::home))
        .route("/search", get(pages::search))
        .route("/compare", get(pages::compare))
        .route("/overview", get(pages::overview))
        .route("/sql", get(pages::sql))
        .route("/samples/{uid}", get(pages::sample))
        .route("/domain/{name}", get(pages::domain))
        .route("/creator/{name}", get(pages::creator))
        .route("/licence/{name}", get(pages::licence))
        .route("/column/{column}/{value}", get(pages::column))
        .route("/match", get(pages::match_hash).post(pages::match_picture).layer(picture_body))
        .route("/about", get(pages::about))
        .route("/robots.txt", get(pages::robots))
        .route("/assets/{name}", get(assets::asset))
        .route("/healthz", get(api::health))
        .route("/api/v1/search", get(api::search))
        .route("/api/v1/compare", get(api::compare))
        .route("/api/v1/export", get(api::export))
        .route("/api/v1/facets", get(api::facets))
        .route("/api/v1/match", get(api::copies))
        .route("/api/v1/near", get(api::near))
        .route("/api/v1/sql", get(api::sql))
        .route("/api/v1/samples/{uid}", get(api::sample))
        .route("/api/v1/domain/{name}", get(api::domain))
        .route("/api/v1/creator/{name}", get(api::creator))
        .route("/api/v1/licence/{name}", get(api::licence))
        .route("/api/v1/column/{column}/{value}", get(api::column))
        .route("/api/v1/datasets", get(api::datasets))
        .route("/api/v1/openapi.json", get(api::openapi))
        .route(guard::KNN_SERVICE, post(api::knn_service))
        .route(guard::INDICES_LIST, get(api::indices_list).post(api::indices_list))
        .fallback(guard::no_page)
        .method_not_allowed_fallback(guard::no_method)
        .with_state(desk)
}
