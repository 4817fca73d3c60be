use std::collections::BTreeMap;

use sayso_core::Stance;
use serde::{Deserialize, Serialize};

use super::aside::AsideReason;
use super::role::Role;
use crate::build::{PlanReport, Seconds, SetAside};

/// What an import saw and made, as `report.json` keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Always `sayso-import-report`.
    pub format: String,
    /// The version of the format.
    pub version: u64,
    /// A digest of the inputs' names and sizes and of all options that decide the result.
    pub plan: String,
    /// What each kind of input was taken for.
    pub inputs: Vec<InputReport>,
    /// Tables of folders that have neither addresses nor captions, and were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// Rows that were read.
    pub rows: u64,
    /// Samples written.
    pub samples: u64,
    /// Pairs refused.
    pub exclusions: u64,
    /// Pairs refused, by the reason that decided.
    pub exclusions_by_reason: BTreeMap<String, u64>,
    /// Distinct pairs by verdict.
    pub verdicts: BTreeMap<Stance, u64>,
    /// Rows that were the same pair as an earlier one.
    pub duplicates: u64,
    /// Captions with personal data, by kind: those of samples, or of pairs that were refused for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<String, u64>,
    /// Rows that make no pair and lie in `aside.jsonl`, by why.
    pub aside: BTreeMap<AsideReason, AsideCount>,
    /// Pictures at hand that could not be decoded, so that nothing is known of how they look; they are samples.
    pub undecoded: AsideCount,
    /// Inputs that could not be read, or not without harm, and that the dataset lacks. Only a cluster goes on without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// Bytes read, as they are stored.
    pub bytes_read: u64,
    /// Bytes of all shards.
    pub bytes_written: u64,
    /// How long it took.
    pub seconds: Seconds,
}

impl PlanReport for ImportReport {
    fn plan(&self) -> &str {
        &self.plan
    }
}

/// What inputs with the same columns were taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputReport {
    /// How many there are.
    pub files: u64,
    /// The first of them.
    pub first: String,
    /// The published dataset whose columns they have, where they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The columns with a role.
    pub roles: BTreeMap<Role, String>,
    /// The columns that are kept as they were.
    pub kept: Vec<String>,
}

/// Rows that were kept aside for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideCount {
    /// How many.
    pub count: u64,
    /// The first few.
    pub examples: Vec<String>,
}

impl AsideCount {
    /// Counts more, and keeps the first few as examples.
    pub(super) fn add(&mut self, more: impl IntoIterator<Item = String>) {
        for one in more {
            self.count += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(one);
            }
        }
    }
}

#[cfg(feature = "cluster")]
impl AsideCount {
    /// Counts what comes behind it, too.
    pub(super) fn append(&mut self, later: Self) {
        self.count += later.count;
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(later.examples.into_iter().take(room));
    }
}

/// Examples in the report.
const EXAMPLES: usize = 3;

/// What the report is.
pub(super) const FORMAT: &str = "sayso-import-report";

/// The version of the report that this program writes.
pub(super) const REPORT_VERSION: u64 = 1;
