use std::path::PathBuf;

use sayso_core::{ReasonCode, RegistryHead, Uid};
use sayso_registry::claim::{ClaimId, ClaimState};
use serde::Serialize;

/// What was taken out, or would be.
#[derive(Debug, Clone, Serialize)]
pub struct TakedownReport {
    /// The dataset's folder.
    pub dir: PathBuf,
    /// The snapshot that held the samples.
    pub from_snapshot: u64,
    /// The one that holds them no more; the same where nothing was found, or nothing was to be done.
    pub snapshot: u64,
    /// The registry's head that it was decided against.
    pub registry_head: RegistryHead,
    /// Claims that were gone through.
    pub claims: u64,
    /// Samples that are left.
    pub samples: u64,
    /// What goes, in the order of the dataset.
    pub taken: Vec<Taken>,
}

/// A sample that a claim takes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Its identity.
    pub uid: Uid,
    /// Its picture's address.
    pub url: String,
    /// Its caption.
    pub caption: String,
    /// Why.
    #[serde(flatten)]
    pub by: TakenBy,
    /// The shard, counted as the snapshot lists its shards.
    #[serde(skip)]
    pub shard: u32,
    /// The row in that shard.
    #[serde(skip)]
    pub row: u32,
}

/// The claim that takes a sample out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenBy {
    /// The claim.
    pub claim: ClaimId,
    /// Where it stands.
    pub state: ClaimState,
    /// What it is about, as long as that is known.
    pub subject: String,
    /// The code of what it says.
    pub reason: ReasonCode,
    /// In how many bits the picture differs from the one that is claimed, where that is how it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<u32>,
}
