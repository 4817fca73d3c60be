//! From statements to a verdict: pure, total, and the same bytes for the same input.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use sayso_core::{
    OwnRules, Place, Policy, PolicyName, Preference, Reason, ReasonCode, RegistryHead, Signal, Stance, Statement,
    Subject, UsageCategory, Verdict,
};

use crate::categories::{grants, reserves};
use crate::codes::{self, Role};
use licence::{Licences, Ruling};

/// Judges whether a subject may be used for the policy's purpose, by everything that was stated about it.
///
/// The most restrictive statement that applies decides, whoever made it: a page that allows does not undo a file that
/// refuses. In this order:
///
/// 1. a reservation of the purpose, or of a use that implies it: disallowed;
/// 2. a reservation of a part of the purpose (`train-genai` where the purpose is `train-ai`): unknown, whatever else
///    was granted, because the whole was not;
/// 3. a grant of the purpose, or of a use that implies it: allowed. A statement that cannot be read does not undo it
///    (draft-ietf-aipref-vocab, section 7.1: from several sources any `n`, else any `y`, else unknown);
/// 4. otherwise unknown.
///
/// Under [`PolicyName::OptIn`] a free licence is a grant, unless another licence that is not free is stated beside it; a
/// policy of one's own may name the licences that are grants, and licences and reasons that it refuses, which withhold.
/// Under it and [`PolicyName::Strict`] a robots.txt that was not to be had leaves the verdict unknown whatever else was
/// granted: what it may have reserved cannot be known.
///
/// The reasons hold one entry a statement, the deciding one first. A statement without preferences leaves none.
/// Claims of a registry come as statements like others, found for the subject by whoever asks: this looks nothing up. The head
/// that they were found under is kept in the verdict and changes nothing else.
#[must_use]
pub fn judge(
    _subject: &Subject<'_>,
    statements: &[Statement],
    registry_head: Option<&RegistryHead>,
    policy: &Policy,
) -> Verdict {
    let purpose = policy.purpose.0;
    let weigher = Weigher {
        purpose,
        licences: Licences::of(statements, policy),
        own: policy.own.as_deref(),
        unreachable_withholds: matches!(policy.name, PolicyName::Strict | PolicyName::OptIn),
    };
    let mut found: Vec<_> = statements.iter().filter_map(|statement| weigher.weigh(statement)).collect();
    found.sort_by(compare);
    let effect = found.first().map_or(Effect::Nothing, |first| first.effect);
    let mut reasons = Vec::with_capacity(found.len() + 1);
    if effect == Effect::Nothing {
        let code = ReasonCode::NO_STATEMENT;
        reasons.push(Reason { code, stance: Stance::Unknown, category: purpose, evidence: None, also: Vec::new() });
    }
    reasons.extend(found.iter().map(Weighed::reason));
    Verdict { purpose: policy.purpose, stance: effect.stance(), reasons, registry_head: registry_head.cloned() }
}

/// What a preference does to the verdict, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    /// It speaks of something else.
    Nothing,
    /// It might have said something, but cannot be read.
    Doubts,
    /// It grants the purpose.
    Grants,
    /// It reserves a part of the purpose.
    Withholds,
    /// The policy's own rules refuse it.
    Refuses,
    /// It reserves the purpose.
    Disallows,
}

impl Effect {
    fn stance(self) -> Stance {
        match self {
            Self::Disallows => Stance::Disallowed,
            Self::Grants => Stance::Allowed,
            Self::Nothing | Self::Doubts | Self::Withholds | Self::Refuses => Stance::Unknown,
        }
    }
}

/// A statement by its weightiest preference.
struct Weighed<'a> {
    effect: Effect,
    /// What the policy makes of the licence, if the statement is one of which it speaks.
    licence: Option<Ruling>,
    preference: &'a Preference,
    statement: &'a Statement,
}

impl Weighed<'_> {
    fn signal(&self) -> &Signal {
        &self.statement.signal
    }

    fn reason(&self) -> Reason {
        // A licence is no preference until the policy makes it one; then the reason says so.
        let stance = if self.effect == Effect::Grants { Stance::Allowed } else { self.preference.stance };
        let Preference { category, code, .. } = self.preference;
        let code = match self.licence {
            Some(Ruling::Granted) => codes::LICENCE_GRANTED.clone(),
            Some(Ruling::Refused) => codes::LICENCE_REFUSED.clone(),
            None => code.clone(),
        };
        let others = self.statement.preferences.iter().filter(|other| !std::ptr::eq(*other, self.preference));
        let mut also: Vec<Preference> = others.cloned().collect();
        also.sort_by(compare_preferences);
        Reason { code, stance, category: *category, evidence: Some(Arc::clone(&self.statement.signal)), also }
    }
}

struct Weigher<'a> {
    purpose: UsageCategory,
    licences: Licences<'a>,
    own: Option<&'a OwnRules>,
    unreachable_withholds: bool,
}

impl Weigher<'_> {
    fn weigh<'a>(&self, statement: &'a Statement) -> Option<Weighed<'a>> {
        let licence = self.licences.ruling(statement);
        // Of equal effect the one that speaks of the purpose by name, then the first in the order of categories.
        let key = |preference: &'a Preference| {
            let Preference { category, stance, code } = preference;
            let effect = self.effect(preference, licence);
            (effect, *category == self.purpose, *stance, Reverse(*category), Reverse(code))
        };
        let keys = statement.preferences.iter().map(|preference| (key(preference), preference));
        let (key, preference) = keys.reduce(|best, next| if next.0 >= best.0 { next } else { best })?;
        Some(Weighed { effect: key.0, preference, statement, licence })
    }

    fn effect(&self, preference: &Preference, licence: Option<Ruling>) -> Effect {
        let (said, purpose) = (preference.category, self.purpose);
        match preference.stance {
            Stance::Disallowed if reserves(said, purpose) => Effect::Disallows,
            _ if licence == Some(Ruling::Refused) && said == purpose => Effect::Refuses,
            _ if self.own.is_some_and(|own| own.refuses(&preference.code)) => Effect::Refuses,
            Stance::Disallowed if reserves(purpose, said) => Effect::Withholds,
            Stance::Allowed if grants(said, purpose) => Effect::Grants,
            Stance::Unknown if licence == Some(Ruling::Granted) && said == purpose => Effect::Grants,
            Stance::Unknown if self.licences.free_grants && said == purpose && is_free_licence(preference) => {
                Effect::Grants
            }
            Stance::Unknown if self.unreachable_withholds && is_unreachable(preference) && reserves(said, purpose) => {
                Effect::Withholds
            }
            Stance::Unknown if reserves(said, purpose) && is_doubt(&preference.code) => Effect::Doubts,
            Stance::Disallowed | Stance::Allowed | Stance::Unknown => Effect::Nothing,
        }
    }
}

fn is_free_licence(preference: &Preference) -> bool {
    preference.code == *codes::LICENCE_FREE
}

fn is_unreachable(preference: &Preference) -> bool {
    preference.code == *codes::ROBOTS_UNREACHABLE
}

/// A code of another version that left something unknown is taken for a doubt.
fn is_doubt(code: &ReasonCode) -> bool {
    codes::entry(code).is_none_or(|entry| entry.role == Role::Doubt)
}

/// The order of reasons: by effect, then by everything that tells two statements apart, so that the order in which
/// they were collected leaves no trace.
fn compare(a: &Weighed<'_>, b: &Weighed<'_>) -> Ordering {
    let stance = |weighed: &Weighed<'_>| weighed.preference.stance;
    b.effect
        .cmp(&a.effect)
        .then_with(|| stance(b).cmp(&stance(a)))
        .then_with(|| a.signal().speaker.cmp(&b.signal().speaker))
        .then_with(|| a.signal().kind.cmp(&b.signal().kind))
        .then_with(|| compare_places(&a.signal().place, &b.signal().place))
        .then_with(|| a.signal().raw.cmp(&b.signal().raw))
        .then_with(|| a.preference.category.cmp(&b.preference.category))
        .then_with(|| a.preference.code.cmp(&b.preference.code))
        .then_with(|| a.signal().at_bytes.cmp(&b.signal().at_bytes))
        .then_with(|| a.signal().captured_at.cmp(&b.signal().captured_at))
        .then_with(|| compare_records(a.signal(), b.signal()))
        // What is left are two statements of one place, which differ in what they mean for other uses.
        .then_with(|| {
            let (mut a, mut b) = (a.statement.preferences.clone(), b.statement.preferences.clone());
            a.sort_by(compare_preferences);
            b.sort_by(compare_preferences);
            a.iter().map(preference_key).cmp(b.iter().map(preference_key))
        })
}

fn preference_key(preference: &Preference) -> (UsageCategory, Stance, &ReasonCode) {
    (preference.category, preference.stance, &preference.code)
}

fn compare_preferences(a: &Preference, b: &Preference) -> Ordering {
    preference_key(a).cmp(&preference_key(b))
}

fn compare_places(a: &Place, b: &Place) -> Ordering {
    fn key(place: &Place) -> (u8, u32, &str, &str) {
        match place {
            Place::Header { name } => (0, 0, name, ""),
            Place::Meta { name } => (1, 0, name, ""),
            Place::RobotsTxt { line, group } => (2, *line, group.as_deref().unwrap_or_default(), ""),
            Place::Element { path } => (3, 0, path, ""),
            Place::File { name, at } => (4, 0, name, at),
            Place::Embedded { container, path } => (5, 0, container, path),
            Place::Registry { log, .. } => (6, 0, log, ""),
        }
    }
    const fn entry(place: &Place) -> u64 {
        if let Place::Registry { entry, .. } = place { *entry } else { 0 }
    }
    key(a).cmp(&key(b)).then_with(|| entry(a).cmp(&entry(b)))
}

fn compare_records(a: &Signal, b: &Signal) -> Ordering {
    fn key(signal: &Signal) -> Option<(&str, u64, u64, &str)> {
        let record = signal.record.as_ref()?;
        Some((&record.file, record.offset, record.length, &record.digest))
    }
    key(a).cmp(&key(b))
}

mod licence;
#[cfg(test)]
mod tests;
