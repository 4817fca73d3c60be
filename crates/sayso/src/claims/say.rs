use std::sync::Arc;

use sayso_consent::codes;
use sayso_core::{Place, Preference, ReasonCode, Signal, SignalKind, Speaker, Stance, Statement, UsageCategory};
use sayso_registry::claim::{ClaimId, ClaimState, Wish};
use sayso_registry::lookup::{Holding, How};

/// What the claims that hold for a picture say of its use, a statement each.
///
/// The rules, in docs/specs/registry.md: a claim that reserves counts whether verified or not, since on doubt a picture stays
/// out; one that allows counts only if whoever made it controls the picture's own address, account or site, and not the page on
/// which somebody shows it. What is contested leaves the use unknown. On one and the same subject, whoever controls it outranks
/// whoever only says so.
#[must_use]
pub fn statements_of(holdings: &[Holding<'_>], log: &str) -> Vec<Statement> {
    statements_under(holdings, log, &|_| false)
}

/// The same for somebody who says to keep the terms of some claims. A claim's terms count for whoever keeps them if the claim
/// could grant without any.
pub(crate) fn statements_under(
    holdings: &[Holding<'_>],
    log: &str,
    is_kept: &dyn Fn(ClaimId) -> bool,
) -> Vec<Statement> {
    // Few of many: whoever makes claims by the thousand controls nothing.
    let controlled: Vec<Holding<'_>> = holdings.iter().filter(|holding| holding.claim.is_by_control).copied().collect();
    holdings.iter().filter_map(|holding| statement(holding, &controlled, log, is_kept)).collect()
}

fn statement(
    holding: &Holding<'_>,
    controlled: &[Holding<'_>],
    log: &str,
    is_kept: &dyn Fn(ClaimId) -> bool,
) -> Option<Statement> {
    let claim = holding.claim;
    let mut said = String::new();
    let mut preferences = Vec::new();
    for (category, wish) in claim.wishes() {
        let (stance, code) = reading(holding, category, wish, controlled, is_kept);
        preferences.push(Preference { category, stance, code: code.clone() });
        let wish = match wish {
            Wish::Allowed => "y",
            Wish::Disallowed => "n",
            Wish::UnderTerms => "terms",
        };
        said.extend([" ", category.as_str(), "=", wish]);
    }
    if preferences.is_empty() {
        return None;
    }
    let how = match holding.how {
        How::Copy { distance } => format!(" ({}, {distance} bits away)", claim.state),
        How::Page => format!(" ({}, by its page)", claim.state),
        How::Address | How::Account | How::Digest => format!(" ({})", claim.state),
    };
    let signal = Signal {
        kind: SignalKind::Claim,
        speaker: Speaker::Claimant,
        place: Place::Registry { log: log.to_owned(), entry: claim.id.0 },
        raw: format!("{}{said}{how}", claim.subject),
        at_bytes: None,
        record: None,
        captured_at: None,
    };
    Some(Statement::new(Arc::new(signal), preferences))
}

/// What a wish is worth.
fn reading(
    holding: &Holding<'_>,
    category: UsageCategory,
    wish: Wish,
    controlled: &[Holding<'_>],
    is_kept: &dyn Fn(ClaimId) -> bool,
) -> (Stance, &'static ReasonCode) {
    let claim = holding.claim;
    let outranks = |other: &Holding<'_>| {
        other.claim.is_by_control && other.claim.subject == claim.subject && other.claim.wish(category).is_some()
    };
    if claim.state == ClaimState::Contested {
        return (Stance::Unknown, codes::CLAIM_CONTESTED);
    }
    if !claim.is_by_control && controlled.iter().any(outranks) {
        return (Stance::Unknown, codes::CLAIM_OUTRANKED);
    }
    match wish {
        Wish::Disallowed if claim.is_by_control => (Stance::Disallowed, codes::CLAIM_VERIFIED_RESERVED),
        Wish::Disallowed => (Stance::Disallowed, codes::CLAIM_RESERVED),
        Wish::UnderTerms if claim.is_by_control && holding.how != How::Page && is_kept(claim.id) => {
            (Stance::Allowed, codes::CLAIM_TERMS_KEPT)
        }
        Wish::UnderTerms => (Stance::Disallowed, codes::CLAIM_TERMS),
        Wish::Allowed if claim.is_by_control && holding.how != How::Page => (Stance::Allowed, codes::CLAIM_GRANTED),
        Wish::Allowed => (Stance::Unknown, codes::CLAIM_GRANT_UNPROVEN),
    }
}
