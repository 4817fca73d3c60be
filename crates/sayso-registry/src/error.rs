use std::io;
use std::path::PathBuf;

use crate::claim::{ClaimId, ClaimState, Refusal};
use crate::log::Fork;

/// What can go wrong with a registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A claim is not taken.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A log that contradicts itself.
    #[error(transparent)]
    Fork(#[from] Fork),
    /// There is no such claim.
    #[error("there is no claim {claim}\nhint: `sayso claim list` shows those that there are")]
    NoSuchClaim {
        /// Its number.
        claim: ClaimId,
    },
    /// There is no such entry.
    #[error("the log has no entry {number}: it has {size}, counted from 0")]
    NoSuchEntry {
        /// The entry that was asked for.
        number: u64,
        /// Entries in the log.
        size: u64,
    },
    /// There was no such state of the log.
    #[error("the log never had {old_size} entries before it had {size}")]
    NoSuchSize {
        /// The earlier size that was asked for.
        old_size: u64,
        /// The later one.
        size: u64,
    },
    /// A claim's state does not allow a step.
    #[error("claim {claim} cannot be {step}: it is {state}{hint}")]
    State {
        /// The claim.
        claim: ClaimId,
        /// The step, as a participle.
        step: &'static str,
        /// The state that it has.
        state: ClaimState,
        /// What to try, on a line of its own.
        hint: &'static str,
    },
    /// A proof of control that proves nothing.
    #[error("claim {claim} is not verified: {why}{hint}")]
    NotProven {
        /// The claim.
        claim: ClaimId,
        /// The stable name of the reason.
        code: &'static str,
        /// The reason, in words.
        why: &'static str,
        /// What to try, on a line of its own.
        hint: &'static str,
    },
    /// A proof of the log that does not hold.
    #[error("the {what} proof does not hold: {why}")]
    Proof {
        /// Which kind.
        what: &'static str,
        /// Why.
        why: &'static str,
    },
    /// A note that cannot be read or verified.
    #[error("the signed note does not hold: {why}")]
    Note {
        /// Why.
        why: &'static str,
    },
    /// A key that cannot be read or used.
    #[error("the key cannot be used: {why}")]
    Key {
        /// Why.
        why: &'static str,
    },
    /// An entry that no bundle has room for.
    #[error("an entry of {bytes} bytes is too long for the log\nhint: 65535 are the most that an entry can have")]
    EntryTooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// Hashes of the tree that are not there.
    #[error("the log has no tile {index} of level {level}\nhint: restore the registry from a copy")]
    NoTile {
        /// The tile's level.
        level: u8,
        /// Its number there.
        index: u64,
    },
    /// The place holds no registry.
    #[error("`{place}` is no registry\nhint: `sayso claim add --registry {place} …` makes one where nothing is")]
    NotARegistry {
        /// The place.
        place: String,
    },
    /// A registry or entry of a newer version.
    #[error("{what} has format version {found}, and this Sayso reads up to {known}\nhint: install a newer Sayso")]
    FromTheFuture {
        /// What, in words.
        what: String,
        /// Its version.
        found: u64,
        /// The newest version that this program knows.
        known: u64,
    },
    /// Somebody else writes.
    #[error(
        "another program writes in the registry `{place}`, and did not end in time\nhint: try again when it is done"
    )]
    Busy {
        /// The registry.
        place: String,
    },
    /// There is no room.
    #[error(
        "the registry `{place}` cannot grow: the disk is full\nhint: make room and run the same command again; nothing was written in part"
    )]
    Full {
        /// The registry.
        place: String,
    },
    /// What is stored is not what was stored.
    #[error("the registry `{place}` is damaged: {message}\nhint: restore it from a copy")]
    Damaged {
        /// The registry.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// The store failed in another way.
    #[error("cannot use the registry `{place}`: {message}")]
    Store {
        /// The registry.
        place: String,
        /// What the store said.
        message: String,
    },
    /// Somebody cannot be an operator, or is none.
    #[error("`{name}` is no operator: {why}\nhint: `sayso registry operator list` names those that there are")]
    Operator {
        /// The name.
        name: String,
        /// Why.
        why: &'static str,
    },
    /// There is no such report to be decided.
    #[error("there is no report {report} to be decided\nhint: somebody else may have decided it")]
    NoSuchReport {
        /// Its number.
        report: u64,
    },
    /// A file cannot be read or written.
    #[error("cannot use `{}`: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Randomness(String),
}

impl RegistryError {
    pub(crate) fn io(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }

    pub(crate) fn damaged(place: &str, message: impl Into<String>) -> Self {
        Self::Damaged { place: place.to_owned(), message: message.into() }
    }
}
