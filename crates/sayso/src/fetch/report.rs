use std::collections::BTreeMap;

use sayso_core::Stance;
use serde::Serialize;

use super::kind::FetchKind;
use super::outcome::Outcome;

/// What fetching made of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FetchReport {
    /// `sayso-fetch`.
    pub format: String,
    /// The report's version.
    pub version: u32,
    /// The snapshot whose pictures were fetched.
    pub from_snapshot: u64,
    /// The snapshot that holds the result: a new one, or the same where there was nothing to do.
    pub snapshot: u64,
    /// Samples before.
    pub samples_before: u64,
    /// Samples that the result holds.
    pub samples: u64,
    /// Samples that were fetched not long ago, and not asked for again.
    pub fresh: u64,
    /// All others, by what became of their pictures.
    pub by_kind: BTreeMap<FetchKind, u64>,
    /// The first picture of each kind that is neither had nor wished so, and why, in words.
    pub examples: BTreeMap<FetchKind, String>,
    /// Samples that are refused now.
    pub refused: u64,
    /// Those, by the reason that decided.
    pub refused_by_reason: BTreeMap<String, u64>,
    /// Samples whose verdict is another now, those that are refused among them.
    pub changed: u64,
    /// Bytes of all pictures that were fetched.
    pub picture_bytes: u64,
    /// Pictures that were kept.
    pub kept: u64,
    /// Pictures that were kept before and are removed, since their pairs are refused by now.
    pub removed: u64,
    /// Requests for pictures in this run; what another run had before it was stopped is not among them.
    pub requests: u64,
}

/// The version of the report that this program writes.
pub(super) const FETCH_REPORT_VERSION: u32 = 1;

impl FetchReport {
    pub(super) fn new(from_snapshot: u64, samples_before: u64) -> Self {
        Self {
            format: "sayso-fetch".to_owned(),
            version: FETCH_REPORT_VERSION,
            from_snapshot,
            snapshot: from_snapshot,
            samples_before,
            samples: samples_before,
            fresh: 0,
            by_kind: BTreeMap::new(),
            examples: BTreeMap::new(),
            refused: 0,
            refused_by_reason: BTreeMap::new(),
            changed: 0,
            picture_bytes: 0,
            kept: 0,
            removed: 0,
            requests: 0,
        }
    }

    pub(super) fn count(&mut self, url: &str, before: Option<Stance>, outcome: &Outcome, is_kept: bool) {
        let Outcome { kind, message, facts, ruling, refused, .. } = outcome;
        *self.by_kind.entry(*kind).or_default() += 1;
        // Of what is refused nothing is kept, here either.
        if !kind.is_had() && !kind.is_wish() && refused.is_none() {
            self.examples.entry(*kind).or_insert_with(|| format!("{url}: {message}"));
        }
        self.changed += u64::from(ruling.as_ref().is_some_and(|ruling| Some(ruling.verdict) != before));
        self.picture_bytes += facts.as_ref().map_or(0, |facts| facts.bytes);
        self.kept += u64::from(is_kept);
        if let Some(reason) = refused {
            self.refused += 1;
            *self.refused_by_reason.entry(reason.clone()).or_default() += 1;
            self.samples = self.samples.saturating_sub(1);
        }
    }

    /// How many pictures could not be had though nobody refuses them: links that are dead, servers that fail, files that
    /// are none.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.by_kind.iter().filter(|(kind, _)| !kind.is_had() && !kind.is_wish()).map(|(_, count)| count).sum()
    }
}
