use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::aside::AsideReason;
use super::input::{Format, ImportInput};
use super::options::ImportOptions;
use super::report::AsideCount;
use super::role::Role;
use super::table::Position;
use crate::Error;
use crate::build::{RunJournal, WritingPlan, digest_of};

/// Everything that decides the bytes of the result.
#[derive(Serialize)]
struct Plan<'a> {
    kind: &'static str,
    version: u64,
    inputs: Vec<(&'a str, Option<u64>, Format)>,
    map: &'a BTreeMap<Role, String>,
    header: Option<bool>,
    #[serde(flatten)]
    writing: WritingPlan<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    without_features: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    as_table: bool,
}

/// A digest of the plan: two imports with the same digest make the same dataset.
pub(super) fn digest(options: &ImportOptions, inputs: &[ImportInput]) -> Result<String, Error> {
    let plan = Plan {
        kind: "import",
        version: 1,
        inputs: inputs.iter().map(|input| (input.name.as_str(), input.bytes, input.format)).collect(),
        map: &options.map.0,
        header: options.header,
        writing: options.writing().plan(),
        without_features: !options.features,
        as_table: options.as_table,
    };
    digest_of(&plan)
}

/// How far an import came: what a killed one goes on from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ImportJournal {
    plan: String,
    /// Runs of pairs that are complete, by their file names.
    pub(super) runs: Vec<String>,
    /// The input that is being read, and where to go on in it.
    pub(super) input: usize,
    pub(super) position: Position,
    pub(super) pairs: u64,
    pub(super) rows: u64,
    pub(super) aside: BTreeMap<AsideReason, AsideCount>,
    /// Pictures that could not be decoded.
    pub(super) undecoded: AsideCount,
    /// The length of the file of rows kept aside, and how many they are.
    pub(super) aside_file: (u64, u64),
    pub(super) read_seconds: f64,
}

impl RunJournal for ImportJournal {
    fn of(plan: &str) -> Self {
        Self { plan: plan.to_owned(), ..Self::default() }
    }

    fn plan(&self) -> &str {
        &self.plan
    }

    fn runs(&self) -> &[String] {
        &self.runs
    }

    fn runs_mut(&mut self) -> &mut Vec<String> {
        &mut self.runs
    }

    fn site_runs(&self) -> &[String] {
        &[]
    }

    fn pairs(&self) -> u64 {
        self.pairs
    }
}
