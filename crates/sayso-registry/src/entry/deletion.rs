use sayso_core::{Timestamp, stable_names};
use serde::{Deserialize, Serialize};

use super::commitment::Commitment;

/// That what somebody had left with a studio was deleted: how much, when, why, and a commitment to what it was.
///
/// There is no name in it and nothing of the content. Whoever left it has what opens the commitment, and nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Files that were deleted, those of the work among them.
    pub files: u64,
    /// When the session began.
    pub made_at: Timestamp,
    /// When they were gone. The entry may have come later, if the log could not be written at once.
    pub deleted_at: Timestamp,
    /// Why then.
    pub cause: DeletionCause,
    /// The commitment to what was brought and what was made of it.
    pub contents: Commitment,
}

/// Why something was deleted when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeletionCause {
    /// Whoever brought it asked for it.
    Asked,
    /// Nobody came back.
    Idle,
    /// The time was over that had been named.
    Expired,
    /// The server was stopped.
    Stopped,
    /// The server had ended without stopping, and found it when it was started again.
    Found,
}

stable_names!(DeletionCause, "cause of a deletion", {
    Asked => "asked",
    Idle => "idle",
    Expired => "expired",
    Stopped => "stopped",
    Found => "found",
});
