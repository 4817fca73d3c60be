use sayso_core::{Decision, Policy, Statement, Subject, UsageCategory};

use super::said::{free_licence, grant, other_licence, reservation};
use super::{Change, Standing};
use crate::judge;

/// What would change the decision on a subject: the smallest changes of each kind, each of which would do alone.
///
/// Nothing is assumed of how a policy decides. Every change that is returned was tried: the statements were judged with
/// it, and the decision was the other one. None is returned where the policy decides whatever is said, as
/// [`Record`](sayso_core::PolicyName::Record) does. It judges about twice as often as there are statements.
#[must_use]
pub fn changes(subject: &Subject<'_>, statements: &[Statement], policy: &Policy) -> Vec<Change> {
    let question = Question { subject, statements, policy };
    let all = vec![true; statements.len()];
    match question.decision(&all, None) {
        Decision::Refused => question.to_admit(),
        Decision::Admitted => question.to_refuse(&all),
    }
}

struct Question<'a> {
    subject: &'a Subject<'a>,
    statements: &'a [Statement],
    policy: &'a Policy,
}

impl Question<'_> {
    fn to_admit(&self) -> Vec<Change> {
        let purpose = self.policy.purpose.0;
        let (granted, licensed) = (grant(purpose), free_licence());
        let mut changes: Vec<Change> = Vec::new();
        // What keeps a grant from counting has to go, and perhaps a grant stands there already; likewise a licence.
        for base in [&granted, &licensed] {
            if let Some(kept) = self.without_blockers(base, None) {
                let change = Change::Withdrawal { withdrawn: self.left_out(&kept) };
                push_smallest(&mut changes, change);
            }
        }
        if let Some(kept) = self.without_blockers(&granted, Some(&granted)) {
            let does = |&category: &UsageCategory| self.decision(&kept, Some(&grant(category))) == Decision::Admitted;
            let uses = UsageCategory::ALL.iter().copied().filter(does).collect();
            push_smallest(&mut changes, Change::Grant { uses, withdrawn: self.left_out(&kept) });
        }
        if let Some(kept) = self.without_blockers(&licensed, Some(&licensed)) {
            push_smallest(&mut changes, Change::FreeLicence { withdrawn: self.left_out(&kept) });
        }
        changes
    }

    fn to_refuse(&self, all: &[bool]) -> Vec<Change> {
        let mut changes = Vec::new();
        let does = |&category: &UsageCategory| self.decision(all, Some(&reservation(category))) == Decision::Refused;
        let uses: Vec<_> = UsageCategory::ALL.iter().copied().filter(does).collect();
        if !uses.is_empty() {
            changes.push(Change::Reservation { uses });
        }
        if self.decision(all, Some(&other_licence())) == Decision::Refused {
            changes.push(Change::OtherLicence);
        }
        // Only where silence refuses does the decision rest on a statement.
        if self.of(&[]) == Decision::Refused {
            let rests_on = |statement: &Statement| self.of(std::slice::from_ref(statement)) == Decision::Admitted;
            let kept = self.statements.iter().map(|statement| !rests_on(statement)).collect();
            if let Some(kept) = self.largest(kept, None, Decision::Refused) {
                push_smallest(&mut changes, Change::Withdrawal { withdrawn: self.left_out(&kept) });
            }
        }
        changes
    }

    /// The most statements that can stay so that the subject is admitted with `added`, once those are gone that keep
    /// `base` from being enough. `None` where that does not suffice.
    fn without_blockers(&self, base: &Statement, added: Option<&Statement>) -> Option<Vec<bool>> {
        let blocks = |statement: &Statement| self.of(&[base.clone(), statement.clone()]) == Decision::Refused;
        let kept = self.statements.iter().map(|statement| !blocks(statement)).collect();
        self.largest(kept, added, Decision::Admitted)
    }

    /// Takes back into `kept` what does not change the decision; `None` where it is not the `wanted` one.
    fn largest(&self, mut kept: Vec<bool>, added: Option<&Statement>, wanted: Decision) -> Option<Vec<bool>> {
        if self.decision(&kept, added) != wanted {
            return None;
        }
        for at in 0..kept.len() {
            if let Some(slot) = kept.get_mut(at).filter(|slot| !**slot) {
                *slot = true;
                let does = self.decision(&kept, added) == wanted;
                if let Some(slot) = kept.get_mut(at) {
                    *slot = does;
                }
            }
        }
        Some(kept)
    }

    fn decision(&self, kept: &[bool], added: Option<&Statement>) -> Decision {
        let kept = self.statements.iter().zip(kept).filter_map(|(statement, &kept)| kept.then_some(statement));
        self.of(&kept.chain(added).cloned().collect::<Vec<_>>())
    }

    fn of(&self, statements: &[Statement]) -> Decision {
        self.policy.decide(&judge(self.subject, statements, None, self.policy))
    }

    fn left_out(&self, kept: &[bool]) -> Vec<Standing> {
        let left_out = self.statements.iter().zip(kept).enumerate().filter(|(_, (_, kept))| !**kept);
        let standing = |(at, (statement, _)): (usize, (&Statement, &bool))| {
            let verdict = judge(self.subject, std::slice::from_ref(statement), None, self.policy);
            let reason = verdict.reasons.into_iter().find(|reason| reason.evidence.is_some())?;
            Some(Standing { at, reason })
        };
        left_out.filter_map(standing).collect()
    }
}

/// Adds a change unless a known one asks for no more: one that withdraws nothing else, and adds nothing.
fn push_smallest(changes: &mut Vec<Change>, change: Change) {
    let places = |change: &Change| change.withdrawn().iter().map(|standing| standing.at).collect::<Vec<_>>();
    let wanted = places(&change);
    let is_less = |known: &Change| {
        matches!(known, Change::Withdrawal { .. }) && places(known).iter().all(|place| wanted.contains(place))
    };
    if !changes.iter().any(is_less) {
        changes.push(change);
    }
}
