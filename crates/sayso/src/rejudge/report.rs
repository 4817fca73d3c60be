use std::collections::BTreeMap;

use sayso_core::Stance;
use sayso_crawl::DamageCounts;
use sayso_dataset::Manifest;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::options::RejudgeOptions;

/// What judging anew made of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RejudgeReport {
    /// The snapshot that was judged.
    pub from_snapshot: u64,
    /// The snapshot that holds the result: a new one, or the same where nothing changed or nothing was to be written.
    pub snapshot: u64,
    /// Samples that were judged.
    pub judged: u64,
    /// Samples that the result holds.
    pub samples: u64,
    /// Samples whose verdict is another now, those that are refused among them.
    pub changed: u64,
    /// Samples that are refused now.
    pub refused: u64,
    /// Those, by the reason that decided.
    pub refused_by_reason: BTreeMap<String, u64>,
    /// Pairs that had been refused before and could not be judged again.
    pub excluded_before: u64,
    /// All samples that were judged, by verdict.
    pub verdicts: BTreeMap<Stance, u64>,
    /// Pictures that `sayso fetch` kept and that are removed, since their pairs are refused by now.
    pub removed: u64,
    /// robots.txt records that were read.
    pub robots: u64,
    /// Sites that were asked.
    pub asked: u64,
    /// Files of sites of which it could not be learned what they say.
    pub not_learned: u64,
    /// The first of those, and why, in words.
    pub not_learned_examples: Vec<String>,
    /// The head of the registry that was judged against, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_head: Option<sayso_core::RegistryHead>,
    /// What was wrong with the crawls, by kind.
    pub damage: DamageCounts,
}

impl RejudgeReport {
    /// Before anything is judged.
    pub(super) fn before(options: &RejudgeOptions, old: &Manifest, asked: Asked) -> Self {
        Self {
            from_snapshot: old.snapshot,
            snapshot: old.snapshot,
            excluded_before: old.exclusion_rows(),
            asked: asked.sites,
            not_learned: asked.not_learned,
            not_learned_examples: asked.examples,
            registry_head: options.registry.as_ref().map(|registry| registry.head().clone()),
            ..Self::default()
        }
    }

    /// Adds what was counted of a shard.
    #[cfg(feature = "cluster")]
    pub(super) fn add(&mut self, shard: &Self) {
        self.judged += shard.judged;
        self.changed += shard.changed;
        self.refused += shard.refused;
        for (reason, count) in &shard.refused_by_reason {
            *self.refused_by_reason.entry(reason.clone()).or_default() += count;
        }
        for (stance, count) in &shard.verdicts {
            *self.verdicts.entry(*stance).or_default() += count;
        }
    }
}
