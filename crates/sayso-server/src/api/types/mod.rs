//! What the API says, apart from what the program works with: the two change for different reasons.

mod answer;
mod claims;
mod compare;
mod copies;
mod error;
mod facets;
mod near;
mod sample;
mod sql;
mod value;
mod verdict;

pub(crate) use answer::{ApiDataset, ApiHit, Datasets, Found, FoundSample, Health};
pub(crate) use claims::{
    ApiClaim, ApiHolding, ApiRemoval, ApiRemovals, LookUpAnswer, LookUpQuestion, LookedUp, SpawningAnswer, SpawningUrl,
};
pub(crate) use compare::ApiComparison;
pub(crate) use copies::{ApiCopy, FoundCopies};
pub(crate) use error::{ErrorBody, ErrorEnvelope};
pub(crate) use facets::{ApiFacet, ApiFacetValue, Facets};
pub(crate) use near::{ApiNear, FoundNear, KnnResult};
pub(crate) use sample::{ApiRecord, ApiSample};
pub(crate) use sql::SqlAnswer;
pub(crate) use value::ApiValue;
pub(crate) use verdict::{ApiReason, ApiVerdict};
