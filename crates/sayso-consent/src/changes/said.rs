//! Statements that somebody might make.

use sayso_core::{Place, Preference, ReasonCode, Signal, SignalKind, Speaker, Stance, Statement, UsageCategory};

use crate::codes;

/// The page grants a use.
pub(super) fn grant(category: UsageCategory) -> Statement {
    usage(category, Stance::Allowed, codes::CONTENT_USAGE_GRANTED)
}

/// The page reserves a use.
pub(super) fn reservation(category: UsageCategory) -> Statement {
    usage(category, Stance::Disallowed, codes::CONTENT_USAGE_RESERVED)
}

/// The page states a free licence.
pub(super) fn free_licence() -> Statement {
    licence(codes::LICENCE_FREE)
}

/// The page states a licence that is not a free one.
pub(super) fn other_licence() -> Statement {
    licence(codes::LICENCE_RESTRICTED)
}

fn usage(category: UsageCategory, stance: Stance, code: &ReasonCode) -> Statement {
    let place = Place::Header { name: "Content-Usage".to_owned() };
    statement(SignalKind::ContentUsage, place, vec![Preference { category, stance, code: code.clone() }])
}

fn licence(code: &ReasonCode) -> Statement {
    let unknown = |&category| Preference { category, stance: Stance::Unknown, code: code.clone() };
    let place = Place::Element { path: "link rel=license".to_owned() };
    statement(SignalKind::Licence, place, UsageCategory::ALL.iter().map(unknown).collect())
}

fn statement(kind: SignalKind, place: Place, preferences: Vec<Preference>) -> Statement {
    let speaker = Speaker::Page;
    let signal = Signal { kind, speaker, place, raw: String::new(), at_bytes: None, record: None, captured_at: None };
    Statement::new(signal, preferences)
}
