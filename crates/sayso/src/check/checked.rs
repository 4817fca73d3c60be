use std::collections::BTreeSet;

use sayso_consent::changes::changes;
use sayso_consent::{judge, sentence, statements_of_reasons};
use sayso_core::{Decision, Policy, PolicyName, Reason, ReasonCode, Stance, Subject, Verdict};
use sayso_registry::claim::ClaimId;

use super::ask::Asked;
use super::draft::Draft;
use super::fault::{Fault, FaultKind};
use super::subject::Origin;
use crate::claims::{Ground, Grounded};

/// A picture, or the address of one, and the answer to whether it may be used.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Where it stands.
    pub origin: Origin,
    /// The verdict.
    pub verdict: Verdict,
    /// What the policy makes of it.
    pub decision: Decision,
    /// Who made the picture, by its own metadata.
    pub creator: Option<String>,
    /// The rights that its metadata state.
    pub rights: Option<String>,
    /// The licence that its metadata lead to, or that is stated beside it.
    pub licence: Option<String>,
    /// The caption beside it.
    pub caption: Option<String>,
    /// The address where it is, or where it was fetched from.
    pub url: Option<String>,
    /// The page on which it was found.
    pub page_url: Option<String>,
    /// Whether its site was asked.
    pub was_asked: bool,
    /// What of it could not be read.
    pub faults: Vec<Fault>,
}

/// The reason of a verdict that would be a grant if everything could have been read.
const NOT_READ: ReasonCode = ReasonCode::new("not-read");

/// By what is judged.
pub(crate) struct Grounds<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) registry: Option<&'a Ground>,
    /// The claims whose terms are kept; none where a check is not an undertaking.
    pub(crate) kept: Option<&'a BTreeSet<ClaimId>>,
}

impl Grounds<'_> {
    pub(crate) fn check(&self, draft: Draft, asked: Option<Asked>) -> Checked {
        Checked::new(draft, asked, self)
    }
}

impl Checked {
    fn new(draft: Draft, asked: Option<Asked>, grounds: &Grounds<'_>) -> Self {
        let Draft { sha256, pdq, .. } = draft;
        let Draft { origin, mut statements, creator, rights, licence, caption, url, page_url, mut faults, .. } = draft;
        let policy = grounds.policy;
        let was_asked = asked.is_some();
        let Asked { statements: said, failures } = asked.unwrap_or_default();
        statements.extend(said);
        let place = url.as_deref().unwrap_or_default();
        faults.extend(failures.into_iter().map(|message| Fault::new(FaultKind::NotLearned, place, message)));
        let subject = Subject { url: place, page_url: page_url.as_deref().unwrap_or_default() };
        if let Some(registry) = grounds.registry {
            let Subject { url, page_url } = subject;
            // Whoever its metadata name is no account.
            let picture = Grounded { url, page_url, creator: None, sha256, pdq };
            let is_kept = |claim: ClaimId| grounds.kept.is_some_and(|kept| kept.contains(&claim));
            statements.extend(registry.statements_under(&picture, &is_kept));
        }
        let mut verdict = judge(&subject, &statements, grounds.registry.map(Ground::head), policy);
        if !faults.is_empty() {
            withhold(&mut verdict, policy.name);
        }
        let decision = policy.decide(&verdict);
        Self { origin, verdict, decision, creator, rights, licence, caption, url, page_url, was_asked, faults }
    }

    /// Why the verdict is what it is, in one sentence.
    #[must_use]
    pub fn why(&self) -> String {
        match self.verdict.reasons.first() {
            Some(reason) if reason.evidence.is_some() => sentence(reason),
            Some(reason) if reason.code == NOT_READ => Self::sentence_of(reason),
            _ if !self.was_asked && !self.origin.is_picture() => {
                "nothing was asked: its site may say something".to_owned()
            }
            Some(reason) => sentence(reason),
            None => String::new(),
        }
    }

    /// What would have to be said, or no longer be said, for `policy` to admit it, in sentences of which each is enough.
    /// Of what is admitted there is nothing to say.
    #[must_use]
    pub fn changes(&self, policy: &Policy) -> Vec<String> {
        if self.decision == Decision::Admitted {
            return Vec::new();
        }
        let said = statements_of_reasons(self.verdict.reasons.clone());
        let (url, page_url) = (self.url.as_deref().unwrap_or_default(), self.page_url.as_deref().unwrap_or_default());
        let subject = Subject { url, page_url };
        if policy.decide(&judge(&subject, &said, None, policy)) == Decision::Admitted {
            return vec!["everything that belongs to it would have to be read".to_owned()];
        }
        changes(&subject, &said, policy).iter().map(ToString::to_string).collect()
    }

    /// A reason of its verdict in one sentence.
    #[must_use]
    pub fn sentence_of(reason: &Reason) -> String {
        if reason.code == NOT_READ {
            "not everything that belongs to it could be read, so what was granted does not count".to_owned()
        } else {
            sentence(reason)
        }
    }
}

/// What could not be read may have reserved: under the policies that want a grant, none stands beside it. They treat a
/// robots.txt that was not to be had in the same way.
fn withhold(verdict: &mut Verdict, policy: PolicyName) {
    let wants_a_grant = matches!(policy, PolicyName::Strict | PolicyName::OptIn);
    if wants_a_grant && verdict.stance == Stance::Allowed {
        verdict.stance = Stance::Unknown;
        let category = verdict.purpose.0;
        let reason = Reason { code: NOT_READ, stance: Stance::Unknown, category, evidence: None, also: Vec::new() };
        verdict.reasons.insert(0, reason);
    }
}
