use axum::Json;
use axum::body::Body;
use axum::extract::State;
use sayso::library::VectorIndexSummary;

use super::ApiRefusal;
use super::knn_question::{KnnQuestion, Sought};
use super::types::{ErrorEnvelope, KnnResult};
use crate::desk::{Desk, Near};
use crate::refusal::Refusal;

/// Above this similarity two results are doubles, as in clip-retrieval.
const DOUBLES_ABOVE: f32 = 0.94;

/// The names of the indexes, in the form in which `/knn-service` is asked: `DATASET/EMBEDDER`.
#[utoipa::path(
    get,
    path = "/indices-list",
    tag = "clip-retrieval",
    responses((status = 200, description = "the names, as clip-retrieval answers", body = Vec<String>))
)]
pub(crate) async fn indices_list(State(desk): State<Desk>) -> Json<Vec<String>> {
    let mut names: Vec<String> = desk.vector_indexes().iter().map(name_of).collect();
    // Pictures and captions of one embedder are one index there, and `modality` tells them apart.
    names.dedup();
    Json(names)
}

/// The samples nearest to a text, a picture or a vector, as clip-retrieval's back end answers, so that
/// `clip_retrieval.clip_client.ClipClient` works with this server.
///
/// Nothing that is sent is logged or kept.
#[utoipa::path(
    post,
    path = "/knn-service",
    tag = "clip-retrieval",
    request_body(content = KnnQuestion, content_type = "application/json"),
    responses(
        (status = 200, description = "the nearest first, without those that are doubles", body = Vec<KnnResult>),
        (status = 400, description = "the question cannot be read, or asks for too much", body = ErrorEnvelope),
        (status = 404, description = "there is no such index", body = ErrorEnvelope),
        (status = 413, description = "the question is too long", body = ErrorEnvelope),
        (status = 501, description = "the net that would make a vector of it is not here", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn knn_service(State(desk): State<Desk>, body: Body) -> Result<Json<Vec<KnnResult>>, ApiRefusal> {
    let body = desk.read_body(body).await?;
    // Clients send no content type, or that of a form; it is JSON whatever they say.
    let question = KnnQuestion::read(&body)?;
    drop(body);
    let (modality, (fetched, limit)) = (question.modality()?, question.sizes()?);
    let indexes = desk.vector_indexes();
    let is_named = |index: &VectorIndexSummary| question.index().is_none_or(|name| *name == name_of(index));
    let index = indexes.iter().find(|index| index.modality == modality && is_named(index)).ok_or(Refusal::NoIndex)?;
    let near = Near {
        dataset: Some(index.dataset.clone()),
        embedder: index.embedder.clone(),
        modality,
        limit,
        fetched,
        doubles_above: question.drops_doubles().then_some(DOUBLES_ABOVE),
    };
    let vector = match question.sought()? {
        Sought::Vector(vector) => vector,
        Sought::Text(text) => desk.embed(&near.embedder, move |embedder| embedder.embed_text(&text)).await?,
        Sought::Picture(file) => desk.embed(&near.embedder, move |embedder| embedder.embed_picture(&file)).await?,
    };
    let hits = desk.near(vector, near).await?;
    Ok(Json(hits.iter().map(KnnResult::new).collect()))
}

fn name_of(index: &VectorIndexSummary) -> String {
    format!("{}/{}", index.dataset, index.embedder.name())
}
