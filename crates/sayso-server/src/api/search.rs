use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use sayso::library::Window;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::types::{ApiHit, ErrorEnvelope, Found};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::shortened;

/// How deep a list of hits can be paged through: every page costs as much as all before it.
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
    /// How many of the best hits to pass over; 0 if not given, 10,000 at most together with `limit`.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 10_000)]
    offset: Option<String>,
    /// How many hits to return at most; 20 if not given, 100 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 100)]
    limit: Option<String>,
}

/// Search all datasets, best hits first.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    params(SearchParameters),
    responses(
        (status = 200, description = "what was found, which may be nothing", body = Found),
        (status = 400, description = "the query or a parameter cannot be read", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn search(
    State(desk): State<Desk>,
    parameters: Result<Query<SearchParameters>, QueryRejection>,
) -> Result<Json<Found>, ApiRefusal> {
    let Query(parameters) = parameters.map_err(|_| Refusal::Parameters)?;
    let offset = number("offset", parameters.offset.as_deref(), 0, u64::MAX)?;
    let limit = number("limit", parameters.limit.as_deref(), USUAL_HITS, MOST_HITS)?;
    if offset.saturating_add(limit) > MOST_REACHED {
        return Err(Refusal::TooDeep { most: MOST_REACHED }.into());
    }
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    // A missing query is an empty one: the query language says what is wrong with that.
    let query = parameters.q.unwrap_or_default();
    let answer = desk.search(query.clone(), Window { offset: size(offset), limit: size(limit) }).await?;
    Ok(Json(Found { query, total: answer.total, offset, hits: answer.hits.iter().map(ApiHit::new).collect() }))
}

pub(super) fn number(name: &'static str, given: Option<&str>, usual: u64, most: u64) -> Result<u64, Refusal> {
    let Some(given) = given else { return Ok(usual) };
    given.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
        let hint = if most == u64::MAX { "a whole number".to_owned() } else { format!("a whole number up to {most}") };
        Refusal::Parameter { name, given: shortened(given, 40), hint }
    })
}
