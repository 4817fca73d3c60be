use sayso::library::{Comparison, OneSide};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiFacetValue, ApiSample};

/// Two datasets beside each other.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiComparison {
    /// Pairs that are in both: the same address with the same caption.
    pub(crate) both: u64,
    /// What the first has alone.
    pub(crate) first: ApiSide,
    /// What the second has alone.
    pub(crate) second: ApiSide,
}

/// What one of two datasets has and the other has not.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiSide {
    /// The dataset.
    pub(crate) dataset: String,
    /// How many pairs.
    pub(crate) only: u64,
    /// Their commonest sites.
    pub(crate) domains: Vec<ApiFacetValue>,
    /// Some of them.
    pub(crate) examples: Vec<ApiSample>,
}

impl ApiComparison {
    pub(crate) fn new(comparison: &Comparison) -> Self {
        let side = |side: &OneSide| ApiSide {
            dataset: side.dataset.clone(),
            only: side.only,
            domains: side.domains.iter().map(ApiFacetValue::new).collect(),
            examples: side.examples.iter().map(ApiSample::from).collect(),
        };
        Self { both: comparison.both, first: side(&comparison.first), second: side(&comparison.second) }
    }
}
