use sayso::library::{Facet, FacetCount};
use serde::Serialize;
use utoipa::ToSchema;

/// What the hits of a query have in common.
#[derive(Serialize, ToSchema)]
pub(crate) struct Facets {
    /// The query as it was given; null where all samples were counted.
    pub(crate) query: Option<String>,
    /// The dataset that was counted; null where all were.
    pub(crate) dataset: Option<String>,
    /// The facets. One of which nothing is known is absent.
    pub(crate) facets: Vec<ApiFacet>,
}

/// The values of one field.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiFacet {
    /// The field.
    #[schema(example = "domain")]
    pub(crate) field: &'static str,
    /// How many distinct values there are.
    pub(crate) distinct: u64,
    /// How many samples have none.
    pub(crate) without: u64,
    /// The commonest values, or the steps of a number in their order.
    pub(crate) values: Vec<ApiFacetValue>,
    /// The cursor with which more of its names are asked for, in a question for this field alone; null where these are all.
    pub(crate) next: Option<String>,
}

/// A value of a facet.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiFacetValue {
    /// The name, or the lower edge of a step; empty for what lies below the first edge.
    #[schema(example = "example.org")]
    pub(crate) value: String,
    /// The upper edge of a step, which does not belong to it; absent of names and of the last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) below: Option<f64>,
    /// How many samples have it.
    pub(crate) count: u64,
}

impl ApiFacetValue {
    pub(crate) fn new(value: &FacetCount) -> Self {
        Self { value: value.value.clone(), below: value.below, count: value.count }
    }
}

impl ApiFacet {
    pub(crate) fn new(facet: &Facet) -> Self {
        let Facet { field, values, distinct, without, next } = facet;
        Self {
            field: field.as_str(),
            distinct: *distinct,
            without: *without,
            values: values.iter().map(ApiFacetValue::new).collect(),
            next: next.clone(),
        }
    }
}
