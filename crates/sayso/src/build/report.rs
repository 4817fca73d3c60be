use std::collections::BTreeMap;

use sayso_core::Stance;
use sayso_crawl::{Counts, DamageCounts};
use serde::{Deserialize, Serialize};

use super::complete::PlanReport;

/// What a build saw and made, as `report.json` keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always `sayso-report`.
    pub format: String,
    /// The version of the format.
    pub version: u64,
    /// A digest of the inputs' names and sizes and of all options that decide the result.
    pub plan: String,
    /// Crawl files that were read.
    pub inputs: u64,
    /// What was met.
    pub counts: Counts,
    /// Samples written.
    pub samples: u64,
    /// Pairs refused.
    pub exclusions: u64,
    /// Pairs refused, by the reason that decided.
    pub exclusions_by_reason: BTreeMap<String, u64>,
    /// Distinct pairs by verdict.
    pub verdicts: BTreeMap<Stance, u64>,
    /// Pairs that were the same as an earlier one.
    pub duplicates: u64,
    /// Captions with personal data, by kind: those of samples, or of pairs that were refused for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<String, u64>,
    /// What was wrong with the input, by kind.
    pub damage: DamageCounts,
    /// Crawl files that could not be read, or not without harm, and that the dataset lacks. Only a cluster goes on without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// Bytes read, as they are stored.
    pub bytes_read: u64,
    /// Bytes of all shards.
    pub bytes_written: u64,
    /// How long it took.
    pub seconds: Seconds,
}

impl PlanReport for Report {
    fn plan(&self) -> &str {
        &self.plan
    }
}

/// A crawl file that a dataset was made without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// What it is called in record locators.
    pub input: String,
    /// What went wrong, on every try.
    pub error: String,
}

/// Wall time of the phases; of a build that was interrupted, the sum of its runs for the first and the last run's for
/// the second, which starts anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Seconds {
    /// Reading the inputs.
    pub extract: f64,
    /// Merging, judging and writing.
    pub write: f64,
}

/// What a build is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading the inputs.
    Extract,
    /// Asking sites.
    Ask,
    /// Fetching pictures.
    Fetch,
    /// Merging, judging and writing.
    Write,
    /// Counting samples.
    Count,
}

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Bytes read so far (extract), sites asked so far (ask), samples whose pictures were asked for (fetch), pairs judged so far (write), or samples counted so far (count).
    pub done: u64,
    /// Of how many, where that is known.
    pub total: Option<u64>,
    /// Candidate pairs so far (extract), sites so far (ask), pictures that were had (fetch), or samples so far (write).
    pub found: u64,
    /// Files that were read, and how many there are, where they are counted.
    pub files: Option<(u64, u64)>,
    /// Requests for pictures so far (fetch).
    pub requests: Option<u64>,
}

/// The version of the report that this program writes.
pub(super) const REPORT_VERSION: u64 = 1;
