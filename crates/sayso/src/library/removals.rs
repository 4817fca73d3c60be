use std::collections::BTreeMap;

use sayso_core::Timestamp;

use super::Library;
use crate::Error;

/// Samples that were taken out of a dataset because of one claim, at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The dataset.
    pub dataset: String,
    /// The log that the claim stands on.
    pub log: String,
    /// The claim's number.
    pub claim: u64,
    /// When.
    pub removed_at: Timestamp,
    /// How many.
    pub samples: u64,
}

impl Library {
    /// What was taken out of these datasets because of claims, the latest first.
    pub fn removals(&self) -> Result<Vec<Removal>, Error> {
        let mut found = BTreeMap::new();
        for shelf in &self.shelves {
            shelf.dataset.each_tombstone(|stone| {
                let key = (stone.removed_at, shelf.name.as_str(), stone.log, stone.entry);
                *found.entry(key).or_insert(0) += 1;
            })?;
        }
        let removal = |((removed_at, dataset, log, claim), samples): ((Timestamp, &str, String, u64), u64)| Removal {
            dataset: dataset.to_owned(),
            log,
            claim,
            removed_at,
            samples,
        };
        Ok(found.into_iter().rev().map(removal).collect())
    }
}
