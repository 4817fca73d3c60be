use super::contents::Contents;
use super::receipt::DeletionReceipt;
use crate::entry::{Deletion, Entry, Event};
use crate::log::{Checkpoint, NoteKey, SignedNote, leaf_hash, verify_inclusion};

/// Why a receipt of deletion does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeletionFault {
    /// It is too large.
    #[error("it has more than {most_bytes} bytes, which no receipt of deletion has")]
    Oversize {
        /// The most that one may have.
        most_bytes: usize,
    },
    /// It cannot be read.
    #[error("it cannot be read: {why}")]
    Malformed {
        /// Why.
        why: String,
    },
    /// It is something else.
    #[error("it is no receipt of deletion")]
    NotAReceipt,
    /// It is of a newer version.
    #[error("it is of version {found}\nhint: install a newer Sayso")]
    FromTheFuture {
        /// Its version.
        found: u64,
    },
    /// Salt and contents do not lead to the commitment that it names.
    #[error("salt and contents lead to another commitment than it names: something in it was changed")]
    Commitment,
    /// Nothing was deleted when it was made.
    #[error(
        "it is from before the deletion, and nothing proves that there was one\nhint: look for its commitment at /studio/deletions of the server, and get the receipt there"
    )]
    NotYet,
    /// The entry is none of a deletion.
    #[error("the entry of the log cannot be used: {why}")]
    Entry {
        /// Why.
        why: String,
    },
    /// The entry is about something else.
    #[error("entry {number} of the log is about something else: its commitment is not opened by this receipt")]
    OtherContents {
        /// The entry's number.
        number: u64,
    },
    /// The entry is not on the log.
    #[error("the proof that entry {number} is on the log does not hold: {why}")]
    Log {
        /// The entry's number.
        number: u64,
        /// Why.
        why: String,
    },
    /// The log's signature does not hold.
    #[error("the registry's checkpoint does not hold: {why}")]
    Checkpoint {
        /// Why.
        why: String,
    },
    /// Nobody knows who signed.
    #[error(
        "all of it leads where it should, and no key was given by which {origin} signs\nhint: get the key from whoever keeps the registry, and name it with --registry-key"
    )]
    NoKey {
        /// The log.
        origin: String,
    },
}

impl DeletionFault {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Oversize { .. } => "oversize",
            Self::Malformed { .. } => "malformed",
            Self::NotAReceipt => "not-a-receipt",
            Self::FromTheFuture { .. } => "from-the-future",
            Self::Commitment => "commitment",
            Self::NotYet => "not-yet",
            Self::Entry { .. } => "entry",
            Self::OtherContents { .. } => "other-contents",
            Self::Log { .. } => "log",
            Self::Checkpoint { .. } => "checkpoint",
            Self::NoKey { .. } => "no-key",
        }
    }
}

/// A deletion that a log's key has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedDeletion {
    /// The entry's number.
    pub number: u64,
    /// What it says.
    pub deletion: Deletion,
    /// The log.
    pub checkpoint: Checkpoint,
    /// What was brought and made.
    pub contents: Contents,
}

/// Checks a receipt: that it opens the commitment of an entry, that the entry is on the log, and that one of these keys signed the log.
pub fn verify_deletion(bytes: &[u8], keys: &[NoteKey]) -> Result<VerifiedDeletion, DeletionFault> {
    let receipt = DeletionReceipt::read(bytes)?;
    let commitment = receipt.commitment();
    let proof = receipt.proof.ok_or(DeletionFault::NotYet)?;
    let number = proof.inclusion.number;
    let unreadable = |error: crate::RegistryError| DeletionFault::Entry { why: error.to_string() };
    let entry = Entry::read(proof.entry.as_bytes()).map_err(unreadable)?;
    let deletion = match entry.event {
        Event::Deleted(deletion) => deletion,
        event => return Err(DeletionFault::Entry { why: format!("it is {}", event.name()) }),
    };
    if deletion.contents != commitment {
        return Err(DeletionFault::OtherContents { number });
    }
    let no = |error: crate::RegistryError| DeletionFault::Checkpoint { why: error.to_string() };
    let note: SignedNote = proof.checkpoint.parse().map_err(no)?;
    let checkpoint: Checkpoint = note.text.parse().map_err(no)?;
    verify_inclusion(&proof.inclusion, &leaf_hash(proof.entry.as_bytes()), &checkpoint.tree())
        .map_err(|error| DeletionFault::Log { number, why: error.to_string() })?;
    if keys.is_empty() {
        return Err(DeletionFault::NoKey { origin: checkpoint.origin });
    }
    let key = keys.iter().find(|key| key.name() == checkpoint.origin).ok_or_else(|| DeletionFault::Checkpoint {
        why: format!("it is of the log `{}`, and the key that was given is not", checkpoint.origin),
    })?;
    note.verify(key).map_err(no)?;
    Ok(VerifiedDeletion { number, deletion, checkpoint, contents: receipt.contents })
}
