//! Claims: what they are about, what they want, and which steps they can take.

mod address;
mod domain;
mod method;
mod picture;
mod preferences;
mod refusal;
mod shared_hosts;
mod state;
mod subject;
mod terms;

pub use address::{MAX_SEGMENTS, address_key};
pub use domain::{parents, readable_host};
pub use method::Method;
pub use preferences::{ClaimPreferences, Wish};
pub use refusal::{Refusal, RefusalCode};
pub use state::{ClaimState, Step, next};
pub use subject::{ClaimSubject, SubjectKind};
pub use terms::{Day, Terms, TermsError, Undertaking, UseKind};

use std::fmt;
use std::str::FromStr;

use sayso_core::Timestamp;
use serde::{Deserialize, Serialize};

/// A claim's number: that of the entry by which it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimId(pub u64);

impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ClaimId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A claim that somebody wants to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClaim {
    /// What it is about.
    pub subject: ClaimSubject,
    /// What is wanted.
    pub preferences: ClaimPreferences,
    /// Who makes it: a contact, an account, a key. It stays off the log.
    pub claimant: Option<String>,
    /// The terms under which uses are allowed: an address, or words. They stay off the log.
    pub terms: Option<String>,
    /// Since when it holds, where that is before it is made.
    pub since: Option<Timestamp>,
}

/// Bytes of a claimant and of terms.
const PRIVATE_BYTES: usize = 2048;

impl NewClaim {
    /// What a claim must have besides a subject that can be claimed.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        let no = |code| Err(Refusal::new(code, &self.subject.to_string()));
        if self.preferences.is_empty() {
            return no(RefusalCode::NoPreference);
        }
        if self.preferences.has_terms() != self.terms.is_some() {
            return no(RefusalCode::TermsWithoutUse);
        }
        // Terms that a program was meant to keep, and cannot read, would be kept by nobody.
        if self.terms.as_deref().is_some_and(|terms| Terms::read(terms).is_err()) {
            return Err(Refusal::new(RefusalCode::TermsUnread, self.terms.as_deref().unwrap_or_default()));
        }
        if self.since.is_some_and(|since| since > now) {
            return no(RefusalCode::SinceInFuture);
        }
        let too_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > PRIVATE_BYTES);
        if too_long(&self.claimant) || too_long(&self.terms) { no(RefusalCode::TooLong) } else { Ok(()) }
    }
}

/// A claim as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its number.
    pub id: ClaimId,
    /// The kind of its subject.
    pub kind: SubjectKind,
    /// What it is about; `None` once that was erased.
    pub subject: Option<ClaimSubject>,
    /// What is wanted.
    pub preferences: ClaimPreferences,
    /// Where it stands.
    pub state: ClaimState,
    /// How it was verified, if it ever was.
    pub method: Option<Method>,
    /// Since when it holds.
    pub since: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// The entry that changed it last.
    pub changed_by: u64,
}

impl Claim {
    /// Whether control of the subject itself was proven, and nothing has come up since. Only then can a claim grant: a key
    /// shows that two statements come from one person, and not whose a picture is.
    #[must_use]
    pub fn is_by_control(&self) -> bool {
        self.state == ClaimState::Verified && self.method.is_some_and(Method::proves_control)
    }
}
