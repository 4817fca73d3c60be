use sayso_core::Timestamp;

use super::Registry;
use super::append::{Draft, append};
use super::clerk::Clerk;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimState, NewClaim, SubjectKind};
use crate::entry::{Event, LoggedSubject, PrivateField};
use crate::store::{RegistryRead, RegistryWrite};

/// What became of a claim that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is on the log.
    New(ClaimId),
    /// The same claimant has made the same claim before, and it stands.
    Known(ClaimId),
}

impl Made {
    /// The claim's number.
    #[must_use]
    pub const fn id(self) -> ClaimId {
        match self {
            Self::New(id) | Self::Known(id) => id,
        }
    }
}

/// Claims on one subject that are compared with a new one.
const COMPARED: u64 = 1000;

impl Registry {
    /// Makes claims, all of them in one change, each an entry. What each became comes in the order of the claims.
    pub fn assert(&mut self, claims: &[NewClaim], clerk: &mut Clerk<'_>) -> Result<Vec<Made>, RegistryError> {
        self.make(claims, known, clerk)
    }

    /// Makes claims, without looking whether any of them stands already: where anybody may ask, whoever is told so would find out by
    /// trying names who claimed what, and whoever made somebody else's claim before them would keep it.
    pub fn assert_anew(&mut self, claims: &[NewClaim], clerk: &mut Clerk<'_>) -> Result<Vec<ClaimId>, RegistryError> {
        let made = self.make(claims, |_, _| Ok(None), clerk)?;
        Ok(made.into_iter().map(Made::id).collect())
    }

    fn make(
        &mut self,
        claims: &[NewClaim],
        known: impl Fn(&mut dyn RegistryRead, &NewClaim) -> Result<Option<ClaimId>, RegistryError>,
        clerk: &mut Clerk<'_>,
    ) -> Result<Vec<Made>, RegistryError> {
        claims.iter().try_for_each(|claim| claim.check(clerk.now))?;
        self.changing(|write| {
            let first = write.size()?;
            let (mut drafts, mut rows, mut made) = (Vec::new(), Vec::<&NewClaim>::new(), Vec::new());
            // Where those of this change stand that have the same digest; the store does not have them yet.
            let mut seen = std::collections::HashMap::new();
            for claim in claims {
                let key = (claim.subject.to_string(), claim.preferences.to_string(), claim.claimant.clone());
                if let Some(id) = seen.get(&key).copied() {
                    made.push(Made::Known(id));
                    continue;
                }
                let next = match known(write, claim)? {
                    Some(id) => Made::Known(id),
                    None => {
                        let id = ClaimId(first + drafts.len() as u64);
                        drafts.push(draft(claim, clerk)?);
                        rows.push(claim);
                        Made::New(id)
                    }
                };
                seen.insert(key, next.id());
                made.push(next);
            }
            append(write, clerk, drafts)?;
            for (number, claim) in (first..).zip(rows) {
                write.put_claim(&row(number, claim, clerk.now))?;
            }
            Ok(made)
        })
    }
}

/// A claim that says the same of the same by the same claimant, and stands.
fn known(read: &mut dyn RegistryRead, claim: &NewClaim) -> Result<Option<ClaimId>, RegistryError> {
    for other in read.claims_on(&claim.subject, COMPARED)? {
        if other.state != ClaimState::Revoked && other.preferences == claim.preferences {
            let mut says =
                |field| Ok::<_, RegistryError>(read.opening(other.id.0, field)?.map(|opening| opening.value));
            if says(PrivateField::Claimant)? == claim.claimant && says(PrivateField::Terms)? == claim.terms {
                return Ok(Some(other.id));
            }
        }
    }
    Ok(None)
}

fn draft(claim: &NewClaim, clerk: &mut Clerk<'_>) -> Result<Draft, RegistryError> {
    let mut openings = Vec::new();
    let kind: SubjectKind = claim.subject.kind();
    let mut commit = |field, value: &str, clerk: &mut Clerk<'_>| {
        let opening = clerk.salted(value)?;
        let commitment = opening.commitment(field);
        openings.push((field, opening));
        Ok::<_, RegistryError>(commitment)
    };
    let subject = if kind.is_public() {
        LoggedSubject::public(&claim.subject)
    } else {
        LoggedSubject::private(kind, commit(PrivateField::Subject, &claim.subject.value(), clerk)?)
    };
    let claimant = claim.claimant.as_deref().map(|who| commit(PrivateField::Claimant, who, clerk)).transpose()?;
    let terms = claim.terms.as_deref().map(|terms| commit(PrivateField::Terms, terms, clerk)).transpose()?;
    let preferences = claim.preferences.clone();
    Ok(Draft { event: Event::Asserted { subject, preferences, since: claim.since, claimant, terms }, openings })
}

fn row(number: u64, claim: &NewClaim, now: Timestamp) -> Claim {
    Claim {
        id: ClaimId(number),
        kind: claim.subject.kind(),
        subject: Some(claim.subject.clone()),
        preferences: claim.preferences.clone(),
        state: ClaimState::Asserted,
        method: None,
        since: claim.since.unwrap_or(now),
        made_at: now,
        changed_by: number,
    }
}

/// The claim of this number, or that there is none.
pub(super) fn wanted(write: &mut dyn RegistryRead, claim: ClaimId) -> Result<Claim, RegistryError> {
    write.claim(claim)?.ok_or(RegistryError::NoSuchClaim { claim })
}

/// Writes a step of a claim, and where it stands after it.
pub(super) fn take_step(
    write: &mut dyn RegistryWrite,
    clerk: &Clerk<'_>,
    draft: Draft,
    claim: Claim,
) -> Result<Claim, RegistryError> {
    let number = append(write, clerk, vec![draft])?;
    let claim = Claim { changed_by: number, ..claim };
    write.put_claim(&claim)?;
    Ok(claim)
}
