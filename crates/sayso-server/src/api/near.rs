use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use sayso::library::VectorIndexSummary;
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
    /// The sample's identity: 32 hexadecimal digits. Either this or `text` is given.
    id: Option<String>,
    /// A text, in place of a sample. The server needs the embedder itself.
    #[param(example = "two foxes in snow")]
    text: Option<String>,
    /// Whether pictures (`image`) or captions (`text`) are compared. Pictures if not given; for a text
    /// captions, where there are no vectors of pictures whose embedder is here.
    #[param(value_type = Option<String>, example = "image")]
    modality: Option<String>,
    /// The embedder whose vectors are compared; the first that there is if not given.
    embedder: Option<String>,
    /// How many hits to return at most; 20 if not given, 100 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 100)]
    limit: Option<String>,
}

/// Samples near in meaning to a sample or to a text, nearest first.
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
        (status = 501, description = "the net that would make a vector of the text is not here", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn near(
    State(desk): State<Desk>,
    parameters: Result<Query<NearParameters>, QueryRejection>,
) -> Result<Json<FoundNear>, ApiRefusal> {
    let Query(parameters) = parameters.map_err(|_| Refusal::Parameters)?;
    let limit = number("limit", parameters.limit.as_deref(), USUAL_HITS, MOST_HITS)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let modality = parameters.modality.as_deref().map(modality).transpose()?;
    let mut indexes = desk.vector_indexes();
    indexes.retain(|index| {
        modality.is_none_or(|wanted| wanted == index.modality)
            && parameters.embedder.as_deref().is_none_or(|wanted| wanted == index.embedder.name())
    });
    let question = |index: VectorIndexSummary| Near {
        dataset: None,
        embedder: index.embedder,
        modality: index.modality,
        limit,
        fetched: limit,
        doubles_above: None,
    };
    let (id, text) = (parameters.id, parameters.text.filter(|text| !text.is_empty()));
    let (near, hits) = match (&id, &text) {
        (Some(id), None) => {
            let uid: Uid = id.parse().map_err(Refusal::Uid)?;
            let wanted = modality.unwrap_or(Modality::Image);
            let index = indexes.into_iter().find(|index| index.modality == wanted);
            let near = question(index.ok_or(Refusal::NoIndex)?);
            (near.clone(), desk.near_sample(uid, near).await?)
        }
        (None, Some(text)) => {
            // Those that can be asked first, and of them pictures first. The sort keeps the order of the rest.
            indexes.sort_by_key(|index| (!desk.has_embedder(&index.embedder), index.modality));
            let near = question(indexes.into_iter().next().ok_or(Refusal::NoIndex)?);
            let text = text.clone();
            let vector = desk.embed(&near.embedder, move |embedder| embedder.embed_text(&text)).await?;
            (near.clone(), desk.near(vector, near).await?)
        }
        _ => {
            let given = if id.is_some() { "given beside `text`" } else { "" };
            let hint = "give the identity of a sample as `id`, or a text as `text`".to_owned();
            return Err(Refusal::Parameter { name: "id", given: given.to_owned(), hint }.into());
        }
    };
    Ok(Json(FoundNear {
        // As it is written everywhere else.
        id: id.map(|id| id.to_ascii_lowercase()),
        text,
        embedder: near.embedder.name().to_owned(),
        modality: near.modality.to_string(),
        hits: hits.iter().filter_map(ApiNear::new).collect(),
    }))
}

fn modality(given: &str) -> Result<Modality, Refusal> {
    given.parse().map_err(|_| Refusal::Parameter {
        name: "modality",
        given: shortened(given, 40),
        hint: "image or text".to_owned(),
    })
}
