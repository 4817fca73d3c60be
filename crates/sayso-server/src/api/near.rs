use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use sayso_core::{Modality, Uid};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::{ApiNear, ErrorEnvelope, FoundNear};
use crate::desk::{Desk, Near};
use crate::refusal::Refusal;
use crate::view::shortened;

/// The most hits in one answer.
const MOST_HITS: u64 = 100;

/// Hits in an answer where the question does not say.
const USUAL_HITS: u64 = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NearParameters {
    /// The sample's identity: 32 hexadecimal digits.
    #[param(required, value_type = String)]
    id: Option<String>,
    /// Whether pictures (`image`, as if not given) or captions (`text`) are compared.
    #[param(value_type = Option<String>, example = "image")]
    modality: Option<String>,
    /// The embedder whose vectors are compared; the first that there is if not given.
    embedder: Option<String>,
    /// How many hits to return at most; 20 if not given, 100 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 100)]
    limit: Option<String>,
}

/// Samples near to a sample in meaning, nearest first.
///
/// Near is not the same as copied: a similarity says how alike two vectors are, and nothing of where a picture came from.
#[utoipa::path(
    get,
    path = "/api/v1/near",
    tag = "search",
    params(NearParameters),
    responses(
        (status = 200, description = "what is near, without the sample itself", body = FoundNear),
        (status = 400, description = "a parameter cannot be read", body = ErrorEnvelope),
        (status = 404, description = "there is no such sample, no vector of it, or no such index", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn near(
    State(desk): State<Desk>,
    parameters: Result<Query<NearParameters>, QueryRejection>,
) -> Result<Json<FoundNear>, ApiRefusal> {
    let Query(parameters) = parameters.map_err(|_| Refusal::Parameters)?;
    let uid: Uid = parameters.id.unwrap_or_default().parse().map_err(Refusal::Uid)?;
    let limit = number("limit", parameters.limit.as_deref(), USUAL_HITS, MOST_HITS)?;
    let given = parameters.modality.as_deref().unwrap_or("image");
    let modality: Modality = given.parse().map_err(|_| Refusal::Parameter {
        name: "modality",
        given: shortened(given, 40),
        hint: "image or text".to_owned(),
    })?;
    let fits = |name: &str| parameters.embedder.as_deref().is_none_or(|wanted| wanted == name);
    let indexes = desk.vector_indexes();
    let index = indexes.into_iter().find(|index| index.modality == modality && fits(index.embedder.name()));
    let index = index.ok_or(Refusal::NoIndex)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let embedder = index.embedder;
    let question =
        Near { dataset: None, embedder: embedder.clone(), modality, limit, fetched: limit, doubles_above: None };
    let hits = desk.near_sample(uid, question).await?;
    Ok(Json(FoundNear {
        id: uid.to_string(),
        embedder: embedder.name().to_owned(),
        modality: modality.to_string(),
        hits: hits.iter().filter_map(ApiNear::new).collect(),
    }))
}
