use sayso_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::commitment::Commitment;
use super::deletion::Deletion;
use super::logged::LoggedSubject;
use crate::RegistryError;
use crate::claim::{ClaimId, ClaimPreferences, Method};

/// The highest version of entries that this program writes and reads.
pub const ENTRY_VERSION: u64 = 2;

/// One entry of the log: what happened to a claim, or to what somebody had left with a studio, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of its form: the lowest that has its event, so that whoever knows no more still reads all that came before.
    pub version: u64,
    /// When it was written, by the clock of who keeps the registry.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A claim is made. Its number is that of this entry.
    Asserted {
        /// What it is about.
        subject: LoggedSubject,
        /// What is wanted.
        preferences: ClaimPreferences,
        /// Since when it holds, where that is before it was made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// Who makes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claimant: Option<Commitment>,
        /// Under which terms uses are allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<Commitment>,
    },
    /// Its claimant has shown control, or a key.
    Verified {
        /// The claim.
        claim: ClaimId,
        /// How.
        method: Method,
        /// Where, or by which signature.
        proof: Commitment,
    },
    /// Somebody says that it is not the claimant's.
    Contested {
        /// The claim.
        claim: ClaimId,
        /// The claim of whoever contests it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ClaimId>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Commitment>,
    },
    /// Who keeps the registry found that the contest does not hold.
    Upheld {
        /// The claim.
        claim: ClaimId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Commitment>,
    },
    /// It was taken back.
    Revoked {
        /// The claim.
        claim: ClaimId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Commitment>,
    },
    /// What somebody had left with a studio was deleted. It is about no claim.
    Deleted(Deletion),
}

impl Event {
    /// The version of entries that first had it.
    pub(crate) const fn version(&self) -> u64 {
        match self {
            Self::Deleted(_) => 2,
            _ => 1,
        }
    }

    /// Its name, as the log has it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asserted { .. } => "asserted",
            Self::Verified { .. } => "verified",
            Self::Contested { .. } => "contested",
            Self::Upheld { .. } => "upheld",
            Self::Revoked { .. } => "revoked",
            Self::Deleted(_) => "deleted",
        }
    }
}

impl Entry {
    /// The bytes that are hashed and kept. An entry is its bytes: nobody writes them a second time.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, RegistryError> {
        let json = serde_json::to_vec(self).map_err(|error| RegistryError::damaged("the log", error.to_string()))?;
        if json.len() > crate::log::MAX_ENTRY_BYTES {
            return Err(RegistryError::EntryTooLong { bytes: json.len() });
        }
        Ok(json)
    }

    /// Reads an entry. What it says beyond this version's fields is kept in its bytes and says nothing here.
    pub fn read(bytes: &[u8]) -> Result<Self, RegistryError> {
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let damaged = |error: serde_json::Error| RegistryError::damaged("the log", format!("an entry: {error}"));
        let Version { version } = serde_json::from_slice(bytes).map_err(damaged)?;
        if version > ENTRY_VERSION {
            let what = "an entry of the log".to_owned();
            return Err(RegistryError::FromTheFuture { what, found: version, known: ENTRY_VERSION });
        }
        let entry: Self = serde_json::from_slice(bytes).map_err(damaged)?;
        // An event in another version than its own is one that this program does not know.
        let known = entry.event.version();
        match version {
            version if version == known => Ok(entry),
            version if version < known => {
                Err(RegistryError::damaged("the log", format!("an entry: version {version} has no such event")))
            }
            found => Err(RegistryError::FromTheFuture { what: "an entry of the log".to_owned(), found, known }),
        }
    }

    /// The claim that it is about; `None` where it makes one, or is about none.
    #[must_use]
    pub const fn claim(&self) -> Option<ClaimId> {
        match &self.event {
            Event::Asserted { .. } | Event::Deleted(_) => None,
            Event::Verified { claim, .. }
            | Event::Contested { claim, .. }
            | Event::Upheld { claim, .. }
            | Event::Revoked { claim, .. } => Some(*claim),
        }
    }

    /// The commitment that stands in it for a private field.
    #[must_use]
    pub const fn commitment(&self, field: super::PrivateField) -> Option<Commitment> {
        use super::PrivateField as Field;
        match (&self.event, field) {
            (Event::Asserted { subject, .. }, Field::Subject) => subject.commitment,
            (Event::Asserted { claimant, .. }, Field::Claimant) => *claimant,
            (Event::Asserted { terms, .. }, Field::Terms) => *terms,
            (Event::Verified { proof, .. }, Field::Proof) => Some(*proof),
            (
                Event::Contested { reason, .. } | Event::Upheld { reason, .. } | Event::Revoked { reason, .. },
                Field::Reason,
            ) => *reason,
            (Event::Deleted(deletion), Field::Contents) => Some(deletion.contents),
            _ => None,
        }
    }
}
