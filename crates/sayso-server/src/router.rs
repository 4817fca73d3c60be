use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
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

/// What is open beside the datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whether a registry is kept.
    pub has_registry: bool,
    /// Bytes of what is sent to a studio at once; `None` where there is none.
    pub studio_bytes: Option<usize>,
}

/// An address that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces where anything may stand.
    pub path: &'static str,
}

/// Every address that a server answers, for whoever checks who may ask what.
#[must_use]
pub fn addresses_of(limits: &ServerLimits, opened: Opened) -> Vec<Address> {
    addresses(limits, opened).known
}

/// Every address that is answered, and those of pages with `.json` behind them.
pub(crate) fn router(desk: Desk, limits: ServerLimits, doors: Doors, opened: Opened) -> Router {
    let router = addresses(&limits, opened)
        .router
        .fallback(guard::no_page)
        .method_not_allowed_fallback(guard::no_method)
        .with_state(desk)
        .layer(middleware::from_fn_with_state((limits, opened), guard::check))
        .layer(middleware::from_fn_with_state(doors.origins, cors::answer))
        .layer(middleware::from_fn_with_state(doors.hosts, hosts::check))
        .layer(middleware::from_fn(headers::complete));
    // What changes the address stands before the router that reads it.
    let to_api = middleware::map_request(|request| async { suffix::to_api(request) });
    Router::new().fallback_service(router).layer(to_api)
}

/// Addresses, and what answers at them. The framework does not tell which it has.
#[derive(Default)]
struct Addresses {
    router: Router<Desk>,
    known: Vec<Address>,
}

impl Addresses {
    fn get<H: Handler<T, Desk>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on("GET", path, get(handler))
    }

    fn post<H: Handler<T, Desk>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on("POST", path, post(handler))
    }

    fn on(mut self, method: &'static str, path: &'static str, answer: MethodRouter<Desk>) -> Self {
        self.known.push(Address { method, path });
        self.router = self.router.route(path, answer);
        self
    }
}

/// Every address that is answered.
fn addresses(limits: &ServerLimits, opened: Opened) -> Addresses {
    let picture_body = DefaultBodyLimit::max(limits.form_bytes());
    let all = Addresses::default()
        .get("/", pages::home)
        .get("/search", pages::search)
        .get("/compare", pages::compare)
        .get("/overview", pages::overview)
        .get("/sql", pages::sql)
        .get("/lineage", pages::lineage)
        .get("/lineage/path", pages::lineage_path)
        .get("/lineage/{id}", pages::lineage_node)
        .get("/samples/{uid}", pages::sample)
        .get("/domain/{name}", pages::domain)
        .get("/creator/{name}", pages::creator)
        .get("/licence/{name}", pages::licence)
        .get("/column/{column}/{value}", pages::column)
        .get("/match", pages::match_hash)
        .on("POST", "/match", post(pages::match_picture).layer(picture_body))
        .get("/verify", pages::verify)
        .get("/about", pages::about)
        .get("/robots.txt", pages::robots)
        .get("/assets/{name}", assets::asset)
        .get("/healthz", api::health)
        .get("/api/v1/search", api::search)
        .get("/api/v1/compare", api::compare)
        .get("/api/v1/export", api::export)
        .get("/api/v1/facets", api::facets)
        .get("/api/v1/match", api::copies)
        .get("/api/v1/lineage", api::lineage)
        .get("/api/v1/lineage/path", api::lineage_path)
        .get("/api/v1/lineage/{id}", api::lineage_node)
        .get("/api/v1/near", api::near)
        .get("/api/v1/sql", api::sql)
        .get("/api/v1/samples/{uid}", api::sample)
        .get("/api/v1/domain/{name}", api::domain)
        .get("/api/v1/creator/{name}", api::creator)
        .get("/api/v1/licence/{name}", api::licence)
        .get("/api/v1/column/{column}/{value}", api::column)
        .get("/api/v1/datasets", api::datasets)
        .get("/api/v1/openapi.json", api::openapi)
        .post(guard::KNN_SERVICE, api::knn_service)
        .get(guard::INDICES_LIST, api::indices_list)
        .post(guard::INDICES_LIST, api::indices_list);
    let all = if opened.has_registry { registry_addresses(all) } else { all };
    match opened.studio_bytes {
        Some(bytes) => studio_addresses(all, bytes),
        None => all,
    }
}

/// What there is besides where there is a studio.
fn studio_addresses(all: Addresses, body_bytes: usize) -> Addresses {
    let body = DefaultBodyLimit::max(body_bytes);
    all.get("/studio", pages::studio::home)
        .post("/studio/session", pages::studio::begin)
        .on("POST", pages::studio::PICTURES, post(pages::studio::bring).layer(body))
        .post("/studio/pictures/remove", pages::studio::take_out)
        .post("/studio/own-word", pages::studio::own_word)
        .post("/studio/shown", pages::studio::shown)
        .post("/studio/train", pages::studio::train)
        .post("/studio/stop", pages::studio::stop)
        .get("/studio/training", pages::studio::training)
        .get("/studio/made", pages::studio::made)
        .post("/studio/made", pages::studio::make)
        .get("/studio/files/{name}", pages::studio::file)
        .get("/studio/receipt", pages::studio::receipt)
        .post("/studio/delete", pages::studio::delete)
        .get("/studio/ended", pages::studio::ended)
        .post("/studio/forget", pages::studio::forget)
        .get("/studio/deletions", pages::studio::deletions)
}

/// What there is besides where a registry is kept.
fn registry_addresses(all: Addresses) -> Addresses {
    all.get("/claim", pages::claim_form)
        .post("/claim", pages::claim)
        .get("/claims/{number}", pages::claim_state)
        .post("/claims/{number}/follow", pages::follow_claim)
        .post("/claims/{number}/challenge", pages::challenge_claim)
        .post("/claims/{number}/verify", pages::verify_claim)
        .post("/claims/{number}/revoke", pages::revoke_claim)
        .post("/claims/{number}/erase", pages::erase_claim)
        .get("/removals", pages::removals)
        .get("/report/{uid}", pages::report_form)
        .post("/report/{uid}", pages::report)
        .get("/operator", pages::operator)
        .get("/operator/trail", pages::trail)
        .post("/operator/login", pages::log_in)
        .post("/operator/logout", pages::log_out)
        .post("/operator/reports/{number}", pages::decide_report)
        .post("/operator/claims/{number}", pages::decide_claim)
        .get("/log/checkpoint", api::checkpoint)
        .get("/log/tile/{*path}", api::tile)
        .post(api::COSIGN, api::cosign)
        .get("/opt-outs", api::opt_outs)
        .get("/api/v1/claims/{number}", api::claim)
        .post(api::LOOK_UP, api::look_up)
        .get("/api/v1/log/proof/{entry}", api::proof)
        .get("/api/v1/log/consistency", api::consistency)
        .get("/api/v1/removals", api::removals)
        .post(api::SPAWNING, api::spawning)
}
