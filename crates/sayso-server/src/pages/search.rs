use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use sayso::library::{FacetField, SearchAnswer, Sort};
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::api::{MOST_EXPORTED, MOST_REACHED, page_number, sort as read_sort};
use crate::desk::{Desk, HitsFrom};
use crate::refusal::Refusal;
use crate::view::{
    Address, FacetView, FoundView, Layout, NothingView, Pager, Problem, SortChoice, Step, shortened, words,
};

/// What a search is narrowed by.
const NARROWING: [FacetField; 5] =
    [FacetField::Domain, FacetField::Creator, FacetField::Licence, FacetField::Language, FacetField::Verdict];

/// Values of each.
const VALUES: usize = 8;

/// Hits on a page.
const PAGE_SIZE: u64 = 20;

#[derive(Deserialize)]
pub(crate) struct SearchParameters {
    q: Option<String>,
    page: Option<String>,
    sort: Option<String>,
    snapshot: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    layout: Layout,
    address: Address,
    title: String,
    query: String,
    outcome: Outcome,
    sorts: Vec<SortChoice>,
    /// What the hits have in common, to narrow the search by.
    facets: Vec<FacetView>,
    /// The counts of everything.
    overview_href: String,
    /// The hits as tables: what it is called, and where it is.
    exports: Vec<(&'static str, String)>,
    most_exported: String,
}

/// What a search came to.
enum Outcome {
    Found(FoundView),
    Nothing(NothingView),
    Refused(Problem),
}

/// `GET /search`
pub(crate) async fn search(
    State(desk): State<Desk>,
    parameters: Result<Query<SearchParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(SearchParameters { q, page, sort, snapshot }) = parameters.map_err(|_| Refusal::Parameters)?;
    let Some(query) = q else { return Ok(Redirect::to("/").into_response()) };
    let page = page_number(page.as_deref())?;
    let offset = (page - 1).saturating_mul(PAGE_SIZE);
    if offset >= MOST_REACHED {
        return Err(Refusal::TooDeep { most: MOST_REACHED }.into());
    }
    let sort = read_sort(sort.as_deref())?;
    let from = HitsFrom::Offset(usize::try_from(offset).unwrap_or(usize::MAX));
    let (status, outcome) = match desk.find(query.clone(), sort, from, PAGE_SIZE as usize).await {
        Ok(answer) => (StatusCode::OK, outcome_of(&desk, &query, sort, page, &answer)?),
        Err(refusal @ Refusal::Query { .. }) => {
            (refusal.status_and_code().0, Outcome::Refused(Problem::new(&refusal, &query)))
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let facets = match &outcome {
        // That the hits cannot be counted in time is no reason not to show them.
        Outcome::Found(_) => {
            let found = desk.facets(Some(query.clone()), None, NARROWING.to_vec(), VALUES).await.unwrap_or_default();
            found.iter().map(|facet| FacetView::new(facet, Some(&query)).sorted(sort)).collect()
        }
        Outcome::Nothing(_) | Outcome::Refused(_) => Vec::new(),
    };
    let title = shortened(&query, 60);
    let what = match &outcome {
        Outcome::Found(found) => format!("{} for {title}, {} to {}", found.total, found.first, found.last),
        Outcome::Nothing(_) | Outcome::Refused(_) => format!("Nothing for {title}"),
    };
    let address = Address::new(&href_of(&query, sort, page), &what, &desk.datasets(), snapshot.as_deref());
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let overview_href = format!("/overview?q={encoded}");
    let forms = [("CSV", "csv"), ("JSON Lines", "jsonl"), ("addresses", "urls")];
    let exports = forms.map(|(name, format)| (name, format!("/api/v1/export?q={encoded}&format={format}"))).to_vec();
    let most_exported = words::number(MOST_EXPORTED);
    Ok(render(
        status,
        &SearchPage {
            layout: desk.layout(),
            address,
            title,
            query,
            outcome,
            sorts: SortChoice::all(&desk.sorts(), sort),
            facets,
            overview_href,
            exports,
            most_exported,
        },
    ))
}

/// The address of a page of hits, without what is usual.
fn href_of(query: &str, sort: Sort, page: u64) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let sort = if sort == Sort::RELEVANCE { String::new() } else { format!("&sort={sort}") };
    let page = if page == 1 { String::new() } else { format!("&page={page}") };
    format!("/search?q={encoded}{sort}{page}")
}

fn outcome_of(desk: &Desk, query: &str, sort: Sort, page: u64, answer: &SearchAnswer) -> Result<Outcome, Refusal> {
    let datasets = desk.datasets();
    match Pager::new(page, PAGE_SIZE, answer.total, MOST_REACHED) {
        Some(pager) => Ok(Outcome::Found(FoundView::new(query, sort, answer, pager, datasets.len() > 1))),
        None if answer.total == 0 => Ok(Outcome::Nothing(NothingView::new(&datasets))),
        None => Err(Refusal::NoHitsPage { page, pages: answer.total.min(MOST_REACHED).div_ceil(PAGE_SIZE) }),
    }
}
