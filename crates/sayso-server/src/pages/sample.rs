use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sayso_core::Uid;
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::headers::let_load;
use crate::refusal::Refusal;
use crate::view::{Address, Layout, LearntView, SampleView, shortened};

#[derive(Deserialize)]
pub(crate) struct SampleParameters {
    show: Option<String>,
    snapshot: Option<String>,
}

#[derive(Template)]
#[template(path = "sample.html")]
struct SamplePage {
    layout: Layout,
    address: Address,
    query: &'static str,
    sample: SampleView,
    is_shown: bool,
    learnt: Option<LearntView>,
}

/// `GET /samples/{uid}`
pub(crate) async fn sample(
    State(desk): State<Desk>,
    uid: Result<Path<String>, PathRejection>,
    parameters: Result<Query<SampleParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Path(uid) = uid.map_err(|_| Refusal::NoPage)?;
    let Query(SampleParameters { show, snapshot }) = parameters.map_err(|_| Refusal::Parameters)?;
    let wants_picture = match show.as_deref() {
        None => false,
        Some("picture") => true,
        Some(given) => {
            let hint = "`picture` is all that can be shown".to_owned();
            return Err(Refusal::Parameter { name: "show", given: shortened(given, 40), hint }.into());
        }
    };
    let uid: Uid = uid.parse().map_err(Refusal::Uid)?;
    let (dataset, sample) = desk.sample(uid).await?;
    let view = SampleView::new(&dataset, &sample);
    let is_shown = wants_picture && view.source.is_some();
    let source = view.source.clone();
    let what = format!("Sample {uid}, {}", shortened(&view.title, 80));
    let address = Address::new(&format!("/samples/{uid}"), &what, &desk.datasets(), snapshot.as_deref());
    let learnt = desk.lineage().ok().and_then(|lineage| LearntView::new(lineage, &dataset.name));
    let page = SamplePage { layout: desk.layout(), address, query: "", sample: view, is_shown, learnt };
    let mut response = render(StatusCode::OK, &page);
    if let Some(source) = source.filter(|_| is_shown) {
        let_load(response.headers_mut(), &source);
    }
    Ok(response)
}
