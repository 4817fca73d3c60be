use sayso::library::NearHit;
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiSample;

/// What is near in meaning to a sample or to a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundNear {
    /// The sample whose neighbours these are, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The text, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// The embedder whose vectors were compared.
    #[schema(example = "ViT-B-32")]
    pub(crate) embedder: String,
    /// Whether pictures (`image`) or captions (`text`) were compared.
    #[schema(example = "image")]
    pub(crate) modality: String,
    /// The hits, nearest first.
    pub(crate) hits: Vec<ApiNear>,
}

/// A sample, and how near it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiNear {
    /// The dataset that holds it.
    pub(crate) dataset: String,
    /// The cosine of the angle between both vectors: 1 where they point the same way. How alike pictures of one
    /// similarity look differs from embedder to embedder.
    pub(crate) similarity: f32,
    /// The sample.
    pub(crate) sample: ApiSample,
}

/// A result in the form of clip-retrieval, with what is known here beside it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnnResult {
    /// A number that names the result within its index, until the dataset's next snapshot.
    pub(crate) id: u64,
    /// The cosine of the angle between both vectors.
    pub(crate) similarity: f32,
    /// The caption; absent behind the first `num_images` results, as all that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caption: Option<String>,
    /// The picture's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The sample's identity, for `/api/v1/samples/{uid}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uid: Option<String>,
    /// What the verdict says: `allowed`, `unknown` or `disallowed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<String>,
}

impl ApiNear {
    pub(crate) fn new(hit: &NearHit) -> Option<Self> {
        let sample = ApiSample::from(hit.sample.as_ref()?);
        Some(Self { dataset: hit.dataset.clone(), similarity: hit.similarity, sample })
    }
}

impl KnnResult {
    pub(crate) fn new(hit: &NearHit) -> Self {
        let sample = hit.sample.as_ref();
        Self {
            id: (u64::from(hit.shard) << 32) | u64::from(hit.row),
            similarity: hit.similarity,
            caption: sample.map(|sample| sample.pair.caption.clone()),
            url: sample.map(|sample| sample.pair.url.clone()),
            uid: sample.map(|sample| sample.pair.uid.to_string()),
            verdict: sample.map(|sample| sample.verdict().stance.to_string()),
        }
    }
}
