use sayso::library::{DatasetSummary, Hit};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiSample;

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// The query as it was understood to be written.
    pub(crate) query: String,
    /// The order of the hits.
    #[schema(example = "relevance")]
    pub(crate) sort: String,
    /// How many samples match in all.
    pub(crate) total: u64,
    /// How many hits were passed over.
    pub(crate) offset: u64,
    /// The hits, in their order.
    pub(crate) hits: Vec<ApiHit>,
    /// The cursor with which the next hits are asked for; null where there are no more.
    pub(crate) next: Option<String>,
}

/// One sample that the query matched, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiHit {
    /// The dataset that holds it.
    pub(crate) dataset: String,
    /// How well it matches; comparable within one answer only.
    pub(crate) score: f32,
    /// What the query matched.
    pub(crate) matched: Vec<ApiMatched>,
    /// The sample.
    pub(crate) sample: ApiSample,
}

/// One field that the query matched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiMatched {
    /// `caption`, `creator`, `site`, `licence` or `verdict`.
    pub(crate) field: String,
    /// The field's text.
    pub(crate) text: String,
    /// What of the text matched: first byte and the byte after the last, of the text in UTF-8.
    pub(crate) ranges: Vec<[usize; 2]>,
}

/// A sample, and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundSample {
    /// The dataset that holds it; of several, the first.
    pub(crate) dataset: String,
    /// The sample.
    pub(crate) sample: ApiSample,
}

/// The datasets that are searched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Datasets {
    /// In the order in which they were opened.
    pub(crate) datasets: Vec<ApiDataset>,
}

/// What a dataset is, in a few numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiDataset {
    /// Its name.
    pub(crate) name: String,
    /// How many samples its newest snapshot holds.
    pub(crate) samples: u64,
    /// How many pairs were not admitted.
    pub(crate) exclusions: u64,
    /// The snapshot's number.
    pub(crate) snapshot: u64,
    /// The purpose it was built for.
    #[schema(example = "train-genai")]
    pub(crate) purpose: String,
    /// The policy it was built under.
    #[schema(example = "opt-out")]
    pub(crate) policy: String,
}

/// Whether the server answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`
    #[schema(example = "ok")]
    pub(crate) status: String,
    /// The program's version.
    pub(crate) version: String,
    /// How many datasets are open.
    pub(crate) datasets: usize,
    /// How many samples they hold together.
    pub(crate) samples: u64,
}

impl ApiHit {
    pub(crate) fn new(hit: &Hit) -> Self {
        let matched = hit.matched.iter().map(|matched| ApiMatched {
            field: matched.field.to_owned(),
            text: matched.text.clone(),
            ranges: matched.ranges.iter().map(|range| [range.start, range.end]).collect(),
        });
        Self {
            dataset: hit.dataset.clone(),
            score: hit.score,
            matched: matched.collect(),
            sample: ApiSample::from(&hit.sample),
        }
    }
}

impl ApiDataset {
    pub(crate) fn new(summary: &DatasetSummary) -> Self {
        Self {
            name: summary.name.clone(),
            samples: summary.samples,
            exclusions: summary.exclusions,
            snapshot: summary.snapshot,
            purpose: summary.policy.purpose.to_string(),
            policy: summary.policy.to_string(),
        }
    }
}
