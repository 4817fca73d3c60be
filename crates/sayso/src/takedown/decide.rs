use std::collections::HashSet;

use sayso_consent::judge;
use sayso_core::{Place, Policy, PolicyName, Purpose, Reason, Stance, Statement, Subject};
use sayso_registry::claim::{ClaimId, ClaimState};
use sayso_registry::lookup::How;

use super::options::ClaimsTaken;
use super::report::TakenBy;
use crate::claims::{Ground, Grounded, statements_of};

/// Decides whether a picture goes.
pub(super) struct Decider<'a> {
    ground: &'a Ground,
    /// The claims that count; all where none are named.
    claims: Option<&'a HashSet<ClaimId>>,
    taken: ClaimsTaken,
    /// What the dataset is for, judged by nothing but claims.
    policy: Policy,
}

impl<'a> Decider<'a> {
    pub(super) fn new(
        ground: &'a Ground,
        claims: Option<&'a HashSet<ClaimId>>,
        taken: ClaimsTaken,
        purpose: Purpose,
    ) -> Self {
        Self { ground, claims, taken, policy: Policy::new(PolicyName::Record, purpose) }
    }

    /// The claim because of which a picture goes; none if it stays.
    ///
    /// What each claim is worth depends on all that hold for the picture: whoever controls a subject outranks whoever only says
    /// so. Of what they then say, only that of the named claims counts, where some are named.
    pub(super) fn taken_by(&self, picture: &Grounded<'_>) -> Option<TakenBy> {
        let holdings = self.ground.find(picture);
        let counts = |statement: &Statement| {
            let claim = entry_of(&statement.signal.place);
            let claim = claim.filter(|id| self.claims.is_none_or(|claims| claims.contains(id)));
            let state = claim.and_then(|id| self.ground.index().get(id)).map(|claim| claim.state);
            match self.taken {
                ClaimsTaken::Asserted => state.is_some(),
                ClaimsTaken::Verified => state == Some(ClaimState::Verified),
            }
        };
        let statements: Vec<Statement> =
            statements_of(&holdings, self.ground.origin()).into_iter().filter(counts).collect();
        if statements.is_empty() {
            return None;
        }
        let subject = Subject { url: picture.url, page_url: picture.page_url };
        let verdict = judge(&subject, &statements, None, &self.policy);
        let decided = |reason: &&Reason| reason.stance == Stance::Disallowed;
        let reason = verdict.reasons.iter().find(decided).filter(|_| verdict.stance == Stance::Disallowed)?;
        let claim = entry_of(&reason.evidence.as_ref()?.place)?;
        let holding = holdings.iter().find(|holding| holding.claim.id == claim)?;
        let distance = match holding.how {
            How::Copy { distance } => Some(distance),
            How::Address | How::Page | How::Account | How::Digest => None,
        };
        Some(TakenBy {
            claim,
            state: holding.claim.state,
            subject: holding.claim.subject.to_string(),
            reason: reason.code.clone(),
            distance,
        })
    }
}

fn entry_of(place: &Place) -> Option<ClaimId> {
    match place {
        Place::Registry { entry, .. } => Some(ClaimId(*entry)),
        _ => None,
    }
}
