use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use sayso::library::Window;
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::headers::X_ROBOTS_TAG;
use crate::refusal::Refusal;
use crate::view::{Address, FacetView, Layout, shortened, words};

/// Values of each facet that are shown.
const VALUES: usize = 20;

#[derive(Deserialize)]
pub(crate) struct OverviewParameters {
    q: Option<String>,
    dataset: Option<String>,
    snapshot: Option<String>,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    layout: Layout,
    address: Address,
    title: String,
    query: String,
    /// The search whose hits are counted.
    hits_href: Option<String>,
    /// The one dataset that is looked at.
    dataset: Option<String>,
    /// Links to the datasets by themselves, where there are several.
    datasets: Vec<(String, String)>,
    samples: String,
    facets: Vec<FacetView>,
}

/// `GET /overview`
pub(crate) async fn overview(
    State(desk): State<Desk>,
    parameters: Result<Query<OverviewParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(OverviewParameters { q, dataset, snapshot }) = parameters.map_err(|_| Refusal::Parameters)?;
    let query = q.filter(|query| !query.trim().is_empty());
    let summaries = desk.datasets();
    if let Some(name) = &dataset
        && !summaries.iter().any(|summary| summary.name == *name)
    {
        return Err(Refusal::NoDataset { name: name.clone() }.into());
    }
    let samples = match &query {
        Some(query) => desk.search(query.clone(), Window { offset: 0, limit: 0 }).await?.total,
        None => {
            let wanted = |name: &str| dataset.as_deref().is_none_or(|dataset| dataset == name);
            summaries.iter().filter(|summary| wanted(&summary.name)).map(|summary| summary.samples).sum()
        }
    };
    let facets = desk.facets(query.clone(), dataset.clone(), desk.facet_fields(dataset.as_deref()), VALUES).await?;
    let href = |name: &str| {
        let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        format!("/overview?dataset={encoded}")
    };
    let is_several = summaries.len() > 1;
    let counted = words::counted(samples, "sample", "samples");
    let what = match (&query, &dataset) {
        (Some(query), _) => format!("{counted} for {}, counted", shortened(query, 60)),
        (None, Some(name)) => format!("{counted} of {name}, counted"),
        (None, None) => format!("{counted}, counted"),
    };
    let address = Address::new(&href_of(query.as_deref(), dataset.as_deref()), &what, &summaries, snapshot.as_deref());
    let page = OverviewPage {
        layout: desk.layout(),
        address,
        title: query.as_deref().map_or_else(|| "What is in it".to_owned(), |query| shortened(query, 60)),
        hits_href: query.as_deref().map(|query| {
            let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
            format!("/search?q={encoded}")
        }),
        facets: facets.iter().map(|facet| FacetView::new(facet, query.as_deref())).collect(),
        query: query.unwrap_or_default(),
        datasets: summaries.iter().filter(|_| is_several).map(|one| (one.name.clone(), href(&one.name))).collect(),
        dataset,
        samples: counted,
    };
    let mut response = render(StatusCode::OK, &page);
    if page.query.is_empty() {
        response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    }
    Ok(response)
}

/// The address of these counts.
fn href_of(query: Option<&str>, dataset: Option<&str>) -> String {
    let mut asked = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("q", query), ("dataset", dataset)] {
        if let Some(value) = value {
            asked.append_pair(name, value);
        }
    }
    match asked.finish().as_str() {
        "" => "/overview".to_owned(),
        asked => format!("/overview?{asked}"),
    }
}
