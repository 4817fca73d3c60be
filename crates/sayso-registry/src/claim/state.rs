use sayso_core::stable_names;

use super::ClaimId;
use crate::RegistryError;

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimState {
    /// Somebody made it.
    Asserted,
    /// Whoever made it has shown control, or a key.
    Verified,
    /// Somebody else says that it is not the claimant's.
    Contested,
    /// It was taken back.
    Revoked,
}

stable_names!(ClaimState, "state of a claim", {
    Asserted => "asserted",
    Verified => "verified",
    Contested => "contested",
    Revoked => "revoked",
});

/// A step that a claim can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is shown to be the claimant's.
    Verify,
    /// It is contested; by somebody with a verified claim on the same, or without.
    Contest {
        /// Whether whoever contests it has shown control of what it is about.
        by_control: bool,
    },
    /// Who keeps the registry finds that the contest does not hold.
    Uphold {
        /// Whether it was verified before.
        was_verified: bool,
    },
    /// It is taken back.
    Revoke,
}

/// The state after a step. Verified beats asserted: without control of one's own nobody contests what was verified, and
/// what is contested is settled by verifying it.
pub fn next(claim: ClaimId, state: ClaimState, step: Step) -> Result<ClaimState, RegistryError> {
    let no = |step, hint| Err(RegistryError::State { claim, step, state, hint });
    match (state, step) {
        (ClaimState::Revoked, Step::Verify) => no("verified", "\nhint: make a new claim"),
        (ClaimState::Revoked | ClaimState::Contested, Step::Contest { .. }) => no("contested", ""),
        (ClaimState::Revoked, Step::Revoke) => no("revoked", ""),
        (ClaimState::Verified, Step::Contest { by_control: false }) => {
            no("contested", "\nhint: make a claim of your own, verify it, and name it with --by")
        }
        (ClaimState::Asserted | ClaimState::Verified | ClaimState::Revoked, Step::Uphold { .. }) => no("upheld", ""),
        (ClaimState::Asserted | ClaimState::Verified | ClaimState::Contested, Step::Verify)
        | (ClaimState::Contested, Step::Uphold { was_verified: true }) => Ok(ClaimState::Verified),
        (ClaimState::Asserted | ClaimState::Verified, Step::Contest { .. }) => Ok(ClaimState::Contested),
        (ClaimState::Contested, Step::Uphold { was_verified: false }) => Ok(ClaimState::Asserted),
        (ClaimState::Asserted | ClaimState::Verified | ClaimState::Contested, Step::Revoke) => Ok(ClaimState::Revoked),
    }
}
