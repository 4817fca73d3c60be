use super::checkpoint::Checkpoint;
use super::proof::ConsistencyProof;
use super::verify::verify_consistency;

/// Two signed checkpoints that cannot be of one log: whoever keeps the key shows different logs to different people.
///
/// Both notes together are the proof, since the key signed both.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fork {
    /// They have one size and two roots.
    #[error(
        "the log forks: two checkpoints of {size} entries have different roots\nhint: keep both notes, they prove it"
    )]
    SameSize {
        /// Entries in both.
        size: u64,
    },
    /// The later one does not go on from the earlier one.
    #[error(
        "the log forks: its {size} entries do not go on from the {old_size} that it had\nhint: keep both notes, they prove it"
    )]
    NotContinued {
        /// Entries in the earlier one.
        old_size: u64,
        /// Entries in the later one.
        size: u64,
    },
    /// They are of two logs.
    #[error("the checkpoints are of two logs, `{a}` and `{b}`")]
    OtherOrigin {
        /// The one.
        a: String,
        /// The other.
        b: String,
    },
}

/// Whether the log of `new` goes on from `old`, by a proof that leads from one to the other.
pub fn agree(old: &Checkpoint, new: &Checkpoint, proof: &ConsistencyProof) -> Result<(), Fork> {
    if old.origin != new.origin {
        return Err(Fork::OtherOrigin { a: old.origin.clone(), b: new.origin.clone() });
    }
    if old.size == new.size && old.root != new.root {
        return Err(Fork::SameSize { size: old.size });
    }
    if verify_consistency(proof, &old.tree(), &new.tree()).is_ok() {
        return Ok(());
    }
    Err(Fork::NotContinued { old_size: old.size, size: new.size })
}
