use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use sayso::library::Sort;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::types::{ApiHit, ErrorEnvelope, Found};
use crate::desk::{Desk, HitsFrom};
use crate::refusal::Refusal;
use crate::view::shortened;

/// How deep a list of hits can be paged through by numbers: such a page costs as much as all before it. A cursor leads on.
pub(crate) const MOST_REACHED: u64 = 10_000;

/// The most hits in one answer.
const MOST_HITS: u64 = 100;

/// Hits in an answer where the question does not say.
const USUAL_HITS: u64 = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParameters {
    /// The query: words, a "phrase", -word, site:example.org, creator:name, licence:cc-by, verdict:unknown.
    #[param(required, value_type = String, example = "\"black cat\" site:example.org")]
    q: Option<String>,
    /// The order of the hits: relevance, dataset, domain, captured_at, side, similarity, punsafe, pwatermark, aesthetic; with
    /// `-` in front, but for relevance, the other way round. Relevance if not given.
    #[param(value_type = Option<String>, example = "-aesthetic")]
    sort: Option<String>,
    /// How many hits to pass over; 0 if not given, 10,000 at most together with `limit`.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 10_000)]
    offset: Option<String>,
    /// In place of `offset`: the page, counted from 1, of `limit` hits each.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 10_000)]
    page: Option<String>,
    /// In place of `offset`: the `next` of an answer to the same question, from which the list goes on. It holds as long as
    /// the datasets are the same, reaches as deep as there are hits, and costs no more than the first page.
    #[param(value_type = Option<String>)]
    cursor: Option<String>,
    /// How many hits to return at most; 20 if not given, 100 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 100)]
    limit: Option<String>,
}

/// Search all datasets.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    params(SearchParameters),
    responses(
        (status = 200, description = "what was found, which may be nothing", body = Found),
        (status = 400, description = "the query or a parameter cannot be read", body = ErrorEnvelope),
        (status = 410, description = "the cursor belongs to another snapshot", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn search(
    State(desk): State<Desk>,
    parameters: Result<Query<SearchParameters>, QueryRejection>,
) -> Result<Json<Found>, ApiRefusal> {
    let Query(parameters) = parameters.map_err(|_| Refusal::Parameters)?;
    let limit = number("limit", parameters.limit.as_deref(), USUAL_HITS, MOST_HITS)?;
    let from = hits_from(&parameters, limit)?;
    let sort = sort(parameters.sort.as_deref())?;
    // A missing query is an empty one: the query language says what is wrong with that.
    let query = parameters.q.unwrap_or_default();
    let answer = desk.find(query.clone(), sort, from, usize::try_from(limit).unwrap_or(usize::MAX)).await?;
    Ok(Json(Found {
        query,
        sort: sort.to_string(),
        total: answer.total,
        offset: answer.offset,
        hits: answer.hits.iter().map(ApiHit::new).collect(),
        next: answer.next,
    }))
}

/// Where the list starts: one of three ways to say it.
fn hits_from(parameters: &SearchParameters, limit: u64) -> Result<HitsFrom, Refusal> {
    let SearchParameters { offset, page, cursor, .. } = parameters;
    let given = [offset, page, cursor].iter().filter(|parameter| parameter.is_some()).count();
    if given > 1 {
        let hint = "give one of offset, page and cursor".to_owned();
        return Err(Refusal::Parameter { name: "offset", given: "more than one place to start".to_owned(), hint });
    }
    if let Some(cursor) = cursor {
        return Ok(HitsFrom::Cursor(cursor.clone()));
    }
    let offset = match page_number(page.as_deref())? {
        1 => number("offset", offset.as_deref(), 0, u64::MAX)?,
        page => (page - 1).saturating_mul(limit),
    };
    if offset.saturating_add(limit) > MOST_REACHED {
        return Err(Refusal::TooDeep { most: MOST_REACHED });
    }
    Ok(HitsFrom::Offset(usize::try_from(offset).unwrap_or(usize::MAX)))
}

/// The number of a page, which is 1 where none is given.
pub(crate) fn page_number(given: Option<&str>) -> Result<u64, Refusal> {
    let Some(given) = given else { return Ok(1) };
    given.parse().ok().filter(|page| *page > 0).ok_or_else(|| Refusal::Parameter {
        name: "page",
        given: shortened(given, 40),
        hint: "pages are counted from 1".to_owned(),
    })
}

/// An order by its name.
pub(crate) fn sort(given: Option<&str>) -> Result<Sort, Refusal> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(Sort::RELEVANCE) };
    given.parse().map_err(|error: sayso::library::UnknownSort| Refusal::Parameter {
        name: "sort",
        given: shortened(given, 40),
        hint: format!("one of {}; with `-` in front, but for relevance, the other way round", error.known),
    })
}

pub(super) fn number(name: &'static str, given: Option<&str>, usual: u64, most: u64) -> Result<u64, Refusal> {
    let Some(given) = given else { return Ok(usual) };
    given.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
        let hint = if most == u64::MAX { "a whole number".to_owned() } else { format!("a whole number up to {most}") };
        Refusal::Parameter { name, given: shortened(given, 40), hint }
    })
}
