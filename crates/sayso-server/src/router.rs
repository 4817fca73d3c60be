use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::desk::Desk;
use crate::{ServerLimits, api, assets, guard, headers, pages, suffix};

/// Every address that is answered, and every page's with `.json` behind it.
pub(crate) fn with_json(router: Router) -> Router {
    Router::new().fallback_service(router).layer(middleware::map_request(|request| async { suffix::to_api(request) }))
}

/// Every address that is answered.
pub(crate) fn router(desk: Desk, limits: ServerLimits) -> Router {
    let picture_body = DefaultBodyLimit::max(limits.form_bytes());
    Router::new()
        .route("/", get(pages::home))
        .route("/search", get(pages::search))
        .route("/compare", get(pages::compare))
        .route("/overview", get(pages::overview))
        .route("/samples/{uid}", get(pages::sample))
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
        .route("/api/v1/samples/{uid}", get(api::sample))
        .route("/api/v1/datasets", get(api::datasets))
        .route("/api/v1/openapi.json", get(api::openapi))
        .route(guard::KNN_SERVICE, post(api::knn_service))
        .route(guard::INDICES_LIST, get(api::indices_list).post(api::indices_list))
        .fallback(guard::no_page)
        .method_not_allowed_fallback(guard::no_method)
        .layer(middleware::from_fn_with_state(limits, guard::check))
        .layer(middleware::from_fn(headers::complete))
        .with_state(desk)
}
