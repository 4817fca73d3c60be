use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use sayso::library::FacetField;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::{ApiFacet, ErrorEnvelope, Facets};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::shortened;

/// The most values of a facet in one answer.
const MOST_VALUES: u64 = 1_000;

/// Values of a facet where the question does not say.
const USUAL_VALUES: u64 = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FacetParameters {
    /// The query whose hits are counted; all samples if not given.
    #[param(value_type = Option<String>, example = "cat")]
    q: Option<String>,
    /// The one dataset that is counted, by name; all if not given.
    #[param(value_type = Option<String>)]
    dataset: Option<String>,
    /// Which facets, separated by commas: domain, creator, licence, language, verdict, reason, side, similarity, punsafe,
    /// pwatermark, aesthetic, year. All of which anything is known if not given.
    #[param(value_type = Option<String>, example = "domain,creator")]
    fields: Option<String>,
    /// How many of the commonest values of each; 20 if not given, 1,000 at most.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1_000)]
    limit: Option<String>,
    /// The `next` of a field in an answer to the same question, behind which its names go on; `fields` names that field.
    #[param(value_type = Option<String>)]
    cursor: Option<String>,
}

/// Count what the hits of a query have in common: sites, creators, licences, languages, verdicts, sizes, scores.
#[utoipa::path(
    get,
    path = "/api/v1/facets",
    tag = "search",
    params(FacetParameters),
    responses(
        (status = 200, description = "the facets, each with its commonest values first, or its steps in order", body = Facets),
        (status = 400, description = "the query or a parameter cannot be read", body = ErrorEnvelope),
        (status = 404, description = "there is no such dataset", body = ErrorEnvelope),
        (status = 410, description = "the cursor belongs to another snapshot", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn facets(
    State(desk): State<Desk>,
    parameters: Result<Query<FacetParameters>, QueryRejection>,
) -> Result<Json<Facets>, ApiRefusal> {
    let Query(FacetParameters { q, dataset, fields, limit, cursor }) = parameters.map_err(|_| Refusal::Parameters)?;
    let limit = number("limit", limit.as_deref(), USUAL_VALUES, MOST_VALUES)?;
    let fields = fields.map_or_else(|| Ok(desk.facet_fields(dataset.as_deref())), |fields| read_fields(&fields))?;
    if let Some(name) = &dataset
        && !desk.datasets().iter().any(|summary| summary.name == *name)
    {
        return Err(Refusal::NoDataset { name: name.clone() }.into());
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // A question without words is one for everything, as a form sends it.
    let q = q.filter(|query| !query.trim().is_empty());
    let facets = desk.count(q.clone(), dataset.clone(), fields, cursor, limit).await?;
    Ok(Json(Facets { query: q, dataset, facets: facets.iter().map(ApiFacet::new).collect() }))
}

fn read_fields(fields: &str) -> Result<Vec<FacetField>, Refusal> {
    let read = |field: &str| {
        field.trim().parse::<FacetField>().map_err(|error| Refusal::Parameter {
            name: "fields",
            given: shortened(field, 40),
            hint: format!("some of {}, with commas between them", error.known),
        })
    };
    fields.split(',').map(read).collect()
}
