use sayso_core::UsageCategory;

use crate::claim::{Claim, ClaimId, ClaimPreferences, ClaimState, ClaimSubject, Wish};

/// A claim as it is kept for looking up: a million of them fit into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The claim's number.
    pub id: ClaimId,
    /// What it is about.
    pub subject: ClaimSubject,
    /// Where it stands.
    pub state: ClaimState,
    /// Whether control of the subject was shown.
    pub is_by_control: bool,
    wishes: Wishes,
}

/// Two bits for each use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wishes(u16);

impl Wishes {
    fn of(preferences: &ClaimPreferences) -> Self {
        let bits = preferences.iter().map(|(category, wish)| {
            let wish = match wish {
                Wish::Allowed => 1,
                Wish::Disallowed => 2,
                Wish::UnderTerms => 3,
            };
            wish << (2 * category as u16)
        });
        Self(bits.fold(0, |all, bits| all | bits))
    }
}

impl Held {
    /// `None` for a claim that holds for nothing: taken back, or forgotten.
    pub(super) fn of(claim: Claim) -> Option<Self> {
        let is_by_control = claim.is_by_control();
        let Claim { id, subject, preferences, state, .. } = claim;
        let subject = subject.filter(|_| state != ClaimState::Revoked)?;
        Some(Self { id, subject, state, is_by_control, wishes: Wishes::of(&preferences) })
    }

    /// What is wanted of a use; `None` where nothing is said of it.
    #[must_use]
    pub const fn wish(&self, category: UsageCategory) -> Option<Wish> {
        match self.wishes.0 >> (2 * category as u16) & 3 {
            1 => Some(Wish::Allowed),
            2 => Some(Wish::Disallowed),
            3 => Some(Wish::UnderTerms),
            _ => None,
        }
    }

    /// Every use of which something is said.
    pub fn wishes(&self) -> impl Iterator<Item = (UsageCategory, Wish)> + '_ {
        UsageCategory::ALL.iter().filter_map(|category| Some((*category, self.wish(*category)?)))
    }
}

/// By what a claim holds for what was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The picture's address.
    Address,
    /// The address of the page on which it was found.
    Page,
    /// The account of whoever made it.
    Account,
    /// The digest of its file.
    Digest,
    /// What it looks like.
    Copy {
        /// The bits in which it differs.
        distance: u32,
    },
}

/// A claim that holds for what was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding<'a> {
    /// The claim.
    pub claim: &'a Held,
    /// By what.
    pub how: How,
}
