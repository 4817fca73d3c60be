use std::sync::Arc;

use sayso::claims::{Shown, Ways, instructions, look_in_dns, look_online, way_of};
use sayso::library::LiveLibrary;
use sayso_core::Uid;
use sayso_registry::claim::{Claim, ClaimId, Method, NewClaim};
use sayso_registry::office::{Decision, Report, ReportReason, Secret, Session};
use sayso_registry::{Clerk, Registry, RegistryError};

use super::desk::{RegistryDesk, Room, now};
use super::visitor::Visitor;
use crate::refusal::Refusal;

/// Claims that were made, and the token that follows them.
pub(crate) struct Claimed {
    /// Their numbers.
    pub(crate) made: Vec<ClaimId>,
    /// The token.
    pub(crate) token: Secret,
    /// The visitor as they are now.
    pub(crate) visitor: Visitor,
}

/// Where it is looked whether a claim is its holder's.
#[derive(Debug)]
pub(crate) enum VerifiedBy {
    /// A note that its key signed.
    Note(String),
    /// Its site, or the page of the account.
    Site {
        /// Where that page is, where it cannot be told.
        profile: Option<String>,
    },
    /// The text records beside its site's name.
    Dns,
}

impl RegistryDesk {
    /// Makes claims. Whoever made them follows them from then on.
    pub(crate) async fn claim(&self, claims: Vec<NewClaim>, visitor: Visitor) -> Result<Claimed, Refusal> {
        self.work(move |room| {
            let made = room.write(|registry, clerk| registry.assert_anew(&claims, clerk))?;
            let token = room.office()?.let_follow(&made, now(), &mut sayso_registry::SystemRandomness)?;
            let visitor = room.let_in(&visitor, None, &made)?;
            Ok(Claimed { made, token, visitor })
        })
        .await
    }

    /// Takes a token for the claims that it follows.
    pub(crate) async fn follow(&self, claim: ClaimId, token: String, visitor: Visitor) -> Result<Visitor, Refusal> {
        self.work(move |room| {
            let token: Secret = token.parse().map_err(|_| Refusal::WrongToken)?;
            let claims = room.office()?.followed(&token)?;
            if claims.contains(&claim) { room.let_in(&visitor, None, &claims) } else { Err(Refusal::WrongToken) }
        })
        .await
    }

    /// The claims that a token follows, for whoever only has to show that they are theirs.
    pub(crate) async fn followed_by(&self, token: Secret) -> Result<Vec<ClaimId>, Refusal> {
        self.work(move |room| {
            let claims = room.office()?.followed(&token)?;
            if claims.is_empty() { Err(Refusal::WrongToken) } else { Ok(claims) }
        })
        .await
    }

    /// Takes an operator's token.
    pub(crate) async fn log_in(&self, token: String, visitor: Visitor) -> Result<Visitor, Refusal> {
        self.work(move |room| {
            let token: Secret = token.parse().map_err(|_| Refusal::WrongToken)?;
            let name = room.office()?.operator_of(&token)?.ok_or(Refusal::WrongToken)?;
            room.office()?.leave_trace(&name, "logged in", "", now())?;
            room.let_in(&visitor, Some(name), &[])
        })
        .await
    }

    /// Ends a session.
    pub(crate) async fn log_out(&self, visitor: Visitor) -> Result<(), Refusal> {
        self.work(move |room| Ok(room.office()?.close_session(&visitor.secret)?)).await
    }

    /// What the holder of a claim has to do to verify it, by the way that suits it or by another one.
    pub(crate) async fn challenge(&self, claim: Claim, way: Option<Method>) -> Result<String, Refusal> {
        self.work(move |room| {
            let method = way.unwrap_or_else(|| way_of(&claim, Ways::default()));
            if method == Method::Dns && room.resolver.is_none() {
                return Err(no_resolver());
            }
            room.write(|registry, clerk| {
                let token = registry.challenge(claim.id, method, clerk)?;
                Ok(instructions(registry, &claim, method, &token))
            })
        })
        .await
    }

    /// Verifies a claim: by a note that its key signed, or by asking its site or a resolver, for which the registry does not wait.
    pub(crate) async fn verify(&self, claim: Claim, by: VerifiedBy) -> Result<Claim, Refusal> {
        let id = claim.id;
        let not_there = |error: sayso::Error| Refusal::NotFoundThere { message: error.to_string() };
        let shown = match by {
            VerifiedBy::Note(text) => vec![Shown { method: Method::Signature, place: text.clone(), text }],
            VerifiedBy::Site { profile } => {
                self.ask_online(move |room| {
                    let ways = Ways { profile: profile.as_deref(), by_signature: false };
                    Ok(vec![look_online(&claim, ways, &room.online).map_err(not_there)?])
                })
                .await?
            }
            VerifiedBy::Dns => {
                self.ask_online(move |room| {
                    let resolver = room.resolver.as_ref().ok_or_else(no_resolver)?;
                    look_in_dns(&claim, resolver).map_err(not_there)
                })
                .await?
            }
        };
        let who = format!("the holder of claim {id}");
        self.step(id, who, "verified", move |registry, clerk| verify_by_any(registry, id, &shown, clerk)).await
    }

    /// A step of a claim, which goes onto the trail.
    pub(crate) async fn step(
        &self,
        claim: ClaimId,
        who: String,
        what: &'static str,
        act: impl FnOnce(&mut Registry, &mut Clerk<'_>) -> Result<Claim, RegistryError> + Send + 'static,
    ) -> Result<Claim, Refusal> {
        self.work(move |room| {
            let done = room.write(act)?;
            room.office()?.leave_trace(&who, what, &format!("claim {claim}"), now())?;
            Ok(done)
        })
        .await
    }

    /// Erases what is known of a claim beside the log.
    pub(crate) async fn erase(&self, claim: ClaimId, with_subject: bool) -> Result<u64, Refusal> {
        self.work(move |room| {
            let erased = room.write(|registry, _| registry.erase(&[claim], with_subject))?;
            let what = if with_subject { "erased, with its subject," } else { "erased" };
            room.office()?.leave_trace(
                &format!("the holder of claim {claim}"),
                what,
                &format!("claim {claim}"),
                now(),
            )?;
            Ok(erased.values)
        })
        .await
    }

    /// Takes a report, and hides the picture.
    pub(crate) async fn report(
        &self,
        (uid, url): (Uid, String),
        reason: ReportReason,
        words: Option<String>,
        library: Arc<LiveLibrary>,
    ) -> Result<Report, Refusal> {
        self.work(move |room| {
            let report = room.office()?.report(&uid, &url, reason, words.as_deref(), room.hidden_a_day, now())?;
            room.hide_reported(&library)?;
            Ok(report)
        })
        .await
    }

    /// Decides a report.
    pub(crate) async fn decide(
        &self,
        number: u64,
        decision: Decision,
        who: String,
        library: Arc<LiveLibrary>,
    ) -> Result<(), Refusal> {
        self.work(move |room| {
            room.office()?.decide(number, decision, &who, now())?;
            Ok(room.hide_reported(&library)?)
        })
        .await
    }
}

/// Verifies a claim by the first of what was found that proves it; where none does, the first says why.
fn verify_by_any(
    registry: &mut Registry,
    claim: ClaimId,
    shown: &[Shown],
    clerk: &mut Clerk<'_>,
) -> Result<Claim, RegistryError> {
    let mut first = None;
    for Shown { method, text, place } in shown {
        match registry.verify(claim, *method, text, place, clerk) {
            Err(error @ RegistryError::NotProven { .. }) => first = first.or(Some(error)),
            done => return done,
        }
    }
    Err(first.unwrap_or(RegistryError::NoSuchClaim { claim }))
}

fn no_resolver() -> Refusal {
    Refusal::Form { message: "this server asks nobody for text records\nhint: put the token onto the site".to_owned() }
}

impl Room {
    /// A session that may do more than the one before.
    fn let_in(&self, visitor: &Visitor, operator: Option<String>, claims: &[ClaimId]) -> Result<Visitor, Refusal> {
        let mut session: Session = visitor.session.clone();
        session.operator = operator.or(session.operator);
        session.claims.extend(claims);
        session.claims.sort_unstable();
        session.claims.dedup();
        let now = now();
        let seconds = i64::try_from(self.session_time.as_micros()).unwrap_or(i64::MAX);
        let expires_at = sayso_core::Timestamp::from_micros(now.as_micros().saturating_add(seconds));
        let mut randomness = sayso_registry::SystemRandomness;
        let secret = self.office()?.open_session(Some(&visitor.secret), &session, now, expires_at, &mut randomness)?;
        Ok(Visitor { secret, is_new: true, session })
    }
}
