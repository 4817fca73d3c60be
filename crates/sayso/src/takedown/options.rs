use std::num::NonZeroUsize;
use std::path::PathBuf;

use sayso_core::{Timestamp, stable_names};
use sayso_registry::claim::ClaimId;

/// Which claims count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimsTaken {
    /// Those that somebody made, and those that were verified: on doubt a picture goes.
    Asserted,
    /// Those alone of which control was shown.
    Verified,
}

stable_names!(ClaimsTaken, "level of claims", {
    Asserted => "asserted",
    Verified => "verified",
});

/// What is to be taken out of a dataset.
#[derive(Debug, Clone)]
pub struct TakedownOptions {
    /// The dataset.
    pub dir: PathBuf,
    /// The claims by their numbers; where none are named, all that were made or changed since the dataset was judged.
    pub claims: Vec<ClaimId>,
    /// Whether all claims are gone through where none are named, those included that the dataset was judged by.
    pub all: bool,
    /// Which of them count.
    pub taken: ClaimsTaken,
    /// The time that tombstones bear.
    pub now: Timestamp,
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// Only find what would go.
    pub dry_run: bool,
}
