use super::Registry;
use super::append::Draft;
use super::assert::{take_step, wanted};
use super::clerk::Clerk;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, Step, next};
use crate::entry::{Commitment, Event, Opening, PrivateField};

/// A commitment to a reason, with what opens it.
type Committed = (Option<Commitment>, Vec<(PrivateField, Opening)>);

impl Registry {
    /// Writes down that somebody says a claim is not its claimant's. What was verified is contested only by whoever has
    /// verified a claim on the same, named with `by`.
    pub fn contest(
        &mut self,
        claim: ClaimId,
        by: Option<ClaimId>,
        reason: Option<&str>,
        clerk: &mut Clerk<'_>,
    ) -> Result<Claim, RegistryError> {
        self.changing(|write| {
            let contested = wanted(write, claim)?;
            let other = by.map(|by| wanted(write, by)).transpose()?;
            let by_control = other.is_some_and(|other| other.is_by_control() && speaks_of_the_same(&other, &contested));
            let state = next(claim, contested.state, Step::Contest { by_control })?;
            let (reason, openings) = committed(reason, clerk)?;
            let draft = Draft { event: Event::Contested { claim, by, reason }, openings };
            take_step(write, clerk, draft, Claim { state, ..contested })
        })
    }

    /// Writes down that a contest does not hold. The claim stands as it stood before.
    pub fn uphold(
        &mut self,
        claim: ClaimId,
        reason: Option<&str>,
        clerk: &mut Clerk<'_>,
    ) -> Result<Claim, RegistryError> {
        self.changing(|write| {
            let contested = wanted(write, claim)?;
            let was_verified = contested.method.is_some();
            let state = next(claim, contested.state, Step::Uphold { was_verified })?;
            let (reason, openings) = committed(reason, clerk)?;
            let draft = Draft { event: Event::Upheld { claim, reason }, openings };
            take_step(write, clerk, draft, Claim { state, ..contested })
        })
    }

    /// Takes a claim back.
    pub fn revoke(
        &mut self,
        claim: ClaimId,
        reason: Option<&str>,
        clerk: &mut Clerk<'_>,
    ) -> Result<Claim, RegistryError> {
        self.changing(|write| {
            let found = wanted(write, claim)?;
            let state = next(claim, found.state, Step::Revoke)?;
            let (reason, openings) = committed(reason, clerk)?;
            let draft = Draft { event: Event::Revoked { claim, reason }, openings };
            take_step(write, clerk, draft, Claim { state, ..found })
        })
    }
}

fn committed(reason: Option<&str>, clerk: &mut Clerk<'_>) -> Result<Committed, RegistryError> {
    let Some(reason) = reason else { return Ok((None, Vec::new())) };
    let opening = clerk.salted(reason)?;
    Ok((Some(opening.commitment(PrivateField::Reason)), vec![(PrivateField::Reason, opening)]))
}

/// Whether what one claim is about lies in what the other is about.
fn speaks_of_the_same(a: &Claim, b: &Claim) -> bool {
    match (&a.subject, &b.subject) {
        (Some(a), Some(b)) => a.covers(b) || b.covers(a),
        _ => false,
    }
}
