use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sayso::library::{Comparison, Facet, FacetField, OneSide};
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::{Address, FacetView, Layout, SampleLink, words};

#[derive(Deserialize)]
pub(crate) struct CompareParameters {
    a: Option<String>,
    b: Option<String>,
    snapshot: Option<String>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    layout: Layout,
    address: Option<Address>,
    datasets: Vec<Choice>,
    compared: Option<Compared>,
}

/// A dataset that can be chosen, and as what it is.
struct Choice {
    name: String,
    is_first: bool,
    is_second: bool,
}

/// Two datasets beside each other.
struct Compared {
    both: String,
    sides: [SideView; 2],
}

/// What one of them has alone.
struct SideView {
    dataset: String,
    only: String,
    domains: Option<FacetView>,
    examples: Vec<SampleLink>,
}

/// `GET /compare`
pub(crate) async fn compare(
    State(desk): State<Desk>,
    parameters: Result<Query<CompareParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(CompareParameters { a, b, snapshot }) = parameters.map_err(|_| Refusal::Parameters)?;
    let summaries = desk.datasets();
    let names: Vec<String> = summaries.iter().map(|dataset| dataset.name.clone()).collect();
    let compared = match (&a, &b) {
        (Some(first), Some(second)) => Some(Compared::new(&*desk.compare(first, second).await?)),
        _ => None,
    };
    let address = match (&a, &b, &compared) {
        (Some(first), Some(second), Some(compared)) => {
            let names = [("a", first), ("b", second)];
            let asked = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(names).finish();
            let what = format!("{first} beside {second}, {} in both", compared.both);
            Some(Address::new(&format!("/compare?{asked}"), &what, &summaries, snapshot.as_deref()))
        }
        _ => None,
    };
    let first = a.or_else(|| names.first().cloned()).unwrap_or_default();
    let second = b.or_else(|| names.get(1).cloned()).unwrap_or_default();
    let choice = |name: String| Choice { is_first: name == first, is_second: name == second, name };
    let datasets = names.into_iter().map(choice).collect();
    Ok(render(StatusCode::OK, &ComparePage { layout: desk.layout(), address, datasets, compared }))
}

impl Compared {
    fn new(comparison: &Comparison) -> Self {
        Self {
            both: words::counted(comparison.both, "pair", "pairs"),
            sides: [SideView::new("a", &comparison.first), SideView::new("b", &comparison.second)],
        }
    }
}

impl SideView {
    fn new(key: &'static str, side: &OneSide) -> Self {
        let distinct = side.domains.len() as u64;
        let facet = Facet { field: FacetField::Domain, values: side.domains.clone(), distinct, without: 0, next: None };
        let domains = (!side.domains.is_empty()).then(|| FacetView { field: key, ..FacetView::new(&facet, None) });
        Self {
            dataset: side.dataset.clone(),
            only: words::counted(side.only, "pair", "pairs"),
            domains,
            examples: side.examples.iter().map(SampleLink::new).collect(),
        }
    }
}
