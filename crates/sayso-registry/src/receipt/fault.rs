use std::fmt;

use super::document::{MAX_RECEIPT_BYTES, RECEIPT_VERSION};

/// One of the two snapshots that a receipt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that the uid was in.
    Before,
    /// The one that it is not in.
    After,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// Why a receipt does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// It is longer than any receipt.
    #[error("it is longer than {MAX_RECEIPT_BYTES} bytes, which no receipt is")]
    Oversize {
        /// Its bytes, where all were counted.
        bytes: Option<usize>,
    },
    /// It breaks off.
    #[error("it breaks off: the document is not complete")]
    Truncated,
    /// Something stands behind it.
    #[error("something stands behind the document")]
    TrailingData,
    /// It is no receipt.
    #[error("it is no receipt of removal: its format is not `sayso-receipt`, version {RECEIPT_VERSION}")]
    NotAReceipt,
    /// It is of a later version.
    #[error(
        "it is of version {found} of the format, and this Sayso reads version {RECEIPT_VERSION}\nhint: install a newer Sayso"
    )]
    FromTheFuture {
        /// Its version.
        found: u64,
    },
    /// A field cannot be read.
    #[error("{field} cannot be read: {why}")]
    Malformed {
        /// Which.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// It is about another sample.
    #[error("it is a receipt for `{found}`, and not for `{wanted}`")]
    OtherUid {
        /// What it is about.
        found: String,
        /// What it should be about.
        wanted: String,
    },
    /// A statement cannot be read.
    #[error("the statement on the snapshot {which} cannot be read: {why}")]
    Statement {
        /// Which.
        which: Which,
        /// Why.
        why: String,
    },
    /// No key was given, so that nothing is known of who signed.
    #[error(
        "it is not known whether the builder signed it: the statements say that they are signed by {signer}, and no key was given to check it\nhint: get the builder's key from the builder, not from whoever gave you the receipt"
    )]
    NoKey {
        /// The name and id of the key that the statements name.
        signer: String,
    },
    /// Another key signed.
    #[error("the statement on the snapshot {which} is signed by {signer}, which is no key that was given")]
    WrongKey {
        /// Which.
        which: Which,
        /// The name and id of the key that it names.
        signer: String,
    },
    /// The signature is not that of the key.
    #[error("the signature on the snapshot {which} is forged: {signer} did not sign this statement")]
    Forged {
        /// Which.
        which: Which,
        /// The name and id of the key.
        signer: String,
    },
    /// The snapshots are of two datasets.
    #[error("the snapshots are of two datasets, `{before}` and `{after}`")]
    OtherDataset {
        /// The one.
        before: String,
        /// The other.
        after: String,
    },
    /// The snapshot that it is not in is not the later one.
    #[error("the snapshots are in the wrong order: it was in {before}, and it is not in {after}, which is not later")]
    Order {
        /// The number of the one that it was in.
        before: u64,
        /// The number of the other.
        after: u64,
    },
    /// The proof that it was in does not hold.
    #[error("the proof that it was in snapshot {snapshot} does not hold: {why}")]
    Inclusion {
        /// The snapshot.
        snapshot: u64,
        /// Why.
        why: &'static str,
    },
    /// The proof that it is not in does not hold.
    #[error("the proof that it is not in snapshot {snapshot} does not hold: {why}")]
    Absence {
        /// The snapshot.
        snapshot: u64,
        /// Why.
        why: &'static str,
    },
    /// The entry cannot be read.
    #[error("the entry of the log cannot be read: {why}")]
    Entry {
        /// Why.
        why: String,
    },
    /// The entry is another step than a claim.
    #[error("the entry of the log makes no claim: it is `{event}`")]
    NoClaim {
        /// What it is.
        event: &'static str,
    },
    /// The entry takes a claim back.
    #[error("the entry of the log takes a claim back, which is no reason to remove anything")]
    Revoked,
    /// The entry asks for nothing.
    #[error("the claim allows every use that it speaks of, which is no reason to remove anything")]
    Allows,
    /// The entry is not on the log.
    #[error("the proof that entry {number} is on the log does not hold: {why}")]
    Log {
        /// The entry.
        number: u64,
        /// Why.
        why: String,
    },
    /// The registry's checkpoint is not signed by it.
    #[error("the registry's checkpoint does not hold: {why}")]
    Checkpoint {
        /// Why.
        why: String,
    },
    /// The log of the checkpoint is not that which the builder judged against.
    #[error("the registry forks: the builder and the checkpoint name different roots of {size} entries")]
    RegistryFork {
        /// Entries in both.
        size: u64,
    },
    /// The entry was made after the snapshot was judged.
    #[error(
        "entry {number} was not yet on the log when snapshot {snapshot} was judged against its first {size} entries"
    )]
    EntryTooLate {
        /// The entry.
        number: u64,
        /// The snapshot.
        snapshot: u64,
        /// Entries in the log that it was judged against.
        size: u64,
    },
}

impl ReceiptFault {
    pub(super) fn malformed(field: &'static str, why: &dyn fmt::Display) -> Self {
        Self::Malformed { field, why: why.to_string() }
    }

    /// The stable name of the kind of fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Oversize { .. } => "oversize",
            Self::Truncated => "truncated",
            Self::TrailingData => "trailing-data",
            Self::NotAReceipt => "not-a-receipt",
            Self::FromTheFuture { .. } => "from-the-future",
            Self::Malformed { .. } => "malformed",
            Self::OtherUid { .. } => "other-uid",
            Self::Statement { .. } => "statement",
            Self::NoKey { .. } => "no-key",
            Self::WrongKey { .. } => "wrong-key",
            Self::Forged { .. } => "forged",
            Self::OtherDataset { .. } => "other-dataset",
            Self::Order { .. } => "order",
            Self::Inclusion { .. } => "inclusion",
            Self::Absence { .. } => "absence",
            Self::Entry { .. } => "entry",
            Self::NoClaim { .. } => "no-claim",
            Self::Revoked => "revoked",
            Self::Allows => "allows",
            Self::Log { .. } => "log",
            Self::Checkpoint { .. } => "checkpoint",
            Self::RegistryFork { .. } => "registry-fork",
            Self::EntryTooLate { .. } => "entry-too-late",
        }
    }
}
