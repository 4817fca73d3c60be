//! What a dataset's card says: all that is known of a dataset, gathered from its manifest, its report and its indexes.

mod columns;
mod gather;
mod origin;

use std::collections::BTreeMap;

use sayso_core::{PolicyName, Purpose, RegistryHead};
use serde::Serialize;

use crate::library::Facet;
pub(crate) use columns::meaning_of;
pub(crate) use origin::origin;
pub use origin::{CardInput, CardOrigin};

/// What is known of a dataset, as `sayso report --kind card --json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    /// Always `sayso-card`.
    pub format: &'static str,
    /// The version of the format.
    pub version: u64,
    /// The name of its folder.
    pub name: String,
    /// The snapshot's number.
    pub snapshot: u64,
    /// The Merkle root over the digests of its files.
    pub root: String,
    /// The use that was judged.
    pub purpose: Purpose,
    /// The policy it was built under.
    pub policy: PolicyName,
    /// Whether a policy file added rules of the builder's own.
    pub has_own_rules: bool,
    /// The agent whose groups in robots.txt counted.
    pub agent: String,
    /// The state of the registry of claims that was judged against.
    pub registry_head: Option<RegistryHead>,
    /// How many samples there are.
    pub samples: u64,
    /// Shards of samples.
    pub shards: u64,
    /// Bytes of all shards of samples.
    pub bytes: u64,
    /// Pairs that were refused.
    pub exclusions: u64,
    /// Why, the commonest first.
    pub refused: Vec<Refused>,
    /// How it came to be; nothing where its report is gone.
    pub origin: Option<CardOrigin>,
    /// In how many captions personal data was found, by kind.
    pub personal: BTreeMap<String, u64>,
    /// What the samples have in common, the commonest values of each field.
    #[serde(serialize_with = "gather::facets_as_json")]
    pub facets: Vec<Facet>,
    /// The columns of its shards.
    pub columns: Vec<CardColumn>,
}

/// Pairs that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The stable code.
    pub code: String,
    /// The reason in words.
    pub sentence: String,
    /// How many.
    pub count: u64,
}

/// A column of the shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardColumn {
    /// Its name.
    pub name: String,
    /// Its type in Arrow's words.
    pub r#type: String,
    /// What it holds; nothing where it was taken over from an imported table.
    pub meaning: Option<&'static str>,
}
