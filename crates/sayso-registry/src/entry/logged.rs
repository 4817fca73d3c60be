use sayso_core::Pdq;
use serde::{Deserialize, Serialize};

use super::commitment::Commitment;
use crate::claim::{ClaimSubject, SubjectKind};

/// A claim's subject as the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedSubject {
    /// Its kind.
    pub kind: SubjectKind,
    /// The domain, digest or hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The bits in which pictures may differ from the hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<u32>,
    /// What stands there for an address or an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
}

impl LoggedSubject {
    /// A subject that the log may tell.
    pub(crate) fn public(subject: &ClaimSubject) -> Self {
        let (value, distance) = match subject.pdq() {
            Some((hash, distance)) => (hash.to_string(), Some(distance)),
            None => (subject.value(), None),
        };
        Self { kind: subject.kind(), value: Some(value), distance, commitment: None }
    }

    /// One that it may not.
    pub(crate) const fn private(kind: SubjectKind, commitment: Commitment) -> Self {
        Self { kind, value: None, distance: None, commitment: Some(commitment) }
    }

    /// The subject, where the log tells it.
    #[must_use]
    pub fn told(&self) -> Option<ClaimSubject> {
        let value = self.value.as_deref()?;
        match self.distance {
            Some(distance) if value.parse::<Pdq>().is_ok() => {
                ClaimSubject::stored(self.kind, &format!("{value}/{distance}"))
            }
            _ => ClaimSubject::stored(self.kind, value),
        }
    }
}
