use sayso::library::{SiteStatement, ValueSummary};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiFacet, ApiReason, FoundSample};

/// What the datasets hold of one site, creator, licence or value of a column.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiValue {
    /// `domain`, `creator`, `licence`, or `column:` and the name of a column.
    #[schema(example = "domain")]
    pub(crate) field: &'static str,
    /// Its name, in the spelling that most samples have.
    #[schema(example = "example.org")]
    pub(crate) name: String,
    /// How many samples.
    pub(crate) samples: u64,
    /// How many in which dataset.
    pub(crate) datasets: Vec<ApiShare>,
    /// What these samples have in common.
    pub(crate) facets: Vec<ApiFacet>,
    /// What a site itself stated, the commonest first; empty of creators and licences.
    pub(crate) statements: Vec<ApiStatement>,
    /// Of how many samples, from the first to the last, the statements were looked at.
    pub(crate) looked_at: u64,
    /// The first samples.
    pub(crate) examples: Vec<FoundSample>,
}

/// How many of the samples are in a dataset.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiShare {
    /// The dataset.
    pub(crate) dataset: String,
    /// How many samples.
    pub(crate) samples: u64,
}

/// A statement of a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiStatement {
    /// What it was taken for, with the evidence as it stands with one of the samples.
    pub(crate) reason: ApiReason,
    /// With how many of the samples that were looked at it stands.
    pub(crate) count: u64,
}

impl ApiValue {
    pub(crate) fn new(value: &ValueSummary) -> Self {
        let share = |(dataset, samples): &(String, u64)| ApiShare { dataset: dataset.clone(), samples: *samples };
        let statement = |statement: &SiteStatement| ApiStatement {
            reason: ApiReason::new(&statement.reason, &statement.sample.pair),
            count: statement.count,
        };
        Self {
            field: value.field.as_str(),
            name: value.name.clone(),
            samples: value.samples,
            datasets: value.datasets.iter().map(share).collect(),
            facets: value.facets.iter().map(ApiFacet::new).collect(),
            statements: value.statements.iter().map(statement).collect(),
            looked_at: value.looked_at,
            examples: value
                .examples
                .iter()
                .map(|(dataset, sample)| FoundSample { dataset: dataset.clone(), sample: sample.into() })
                .collect(),
        }
    }
}
