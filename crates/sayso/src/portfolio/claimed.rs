use std::collections::BTreeMap;

use sayso_core::{Pair, Place, Policy, PolicyName, Purpose, Sha256, Stance};
use sayso_picture::{Hashed, Turn};
use sayso_registry::claim::Wish;
use sayso_registry::lookup::How;

use super::ToldClaim;
use super::work::Held;
use crate::claims::{Ground, Grounded};
use crate::matching::OwnPicture;

/// The claims that hold for one's own picture: on its file, on what it looks like, and on what it looks like on white.
pub(super) fn claims_of_own(ground: &Ground, own: &OwnPicture) -> Vec<Held> {
    let mut found: BTreeMap<u64, How> = BTreeMap::new();
    let as_it_lies = own.hashes.iter().filter(|hash| hash.turn == Turn::Original).map(|hash| Some(hash.pdq));
    for pdq in as_it_lies.chain([None]) {
        for holding in ground.find(&Grounded { sha256: own.sha256, pdq, ..Grounded::default() }) {
            found.entry(holding.claim.id.0).and_modify(|how| *how = holding.how.min(*how)).or_insert(holding.how);
        }
    }
    found.into_iter().map(|(claim, how)| Held { claim, how }).collect()
}

/// The claims that hold for a sample, and the one because of which a takedown would take it out.
pub(super) fn claims_of_copy(ground: &Ground, pair: &Pair, purpose: Purpose) -> (Vec<Held>, Option<u64>) {
    let picture = Grounded {
        url: &pair.url,
        page_url: &pair.page_url,
        creator: pair.creator.as_deref(),
        sha256: pair.sha256.as_deref().and_then(digest),
        pdq: pair.pdq.filter(|_| pair.pdq_quality.is_some_and(|quality| quality >= Hashed::GOOD)),
    };
    let holdings = ground.find(&picture);
    let held: Vec<Held> = holdings.iter().map(|it| Held { claim: it.claim.id.0, how: it.how }).collect();
    if held.is_empty() {
        return (held, None);
    }
    // As a takedown decides: by nothing but claims.
    let verdict = ground.judge(&picture, &Policy::new(PolicyName::Record, purpose));
    let decided = verdict.reasons.iter().find(|reason| reason.stance == Stance::Disallowed);
    let entry = decided.and_then(|reason| match reason.evidence.as_ref()?.place {
        Place::Registry { entry, .. } => Some(entry),
        _ => None,
    });
    (held, entry.filter(|_| verdict.stance == Stance::Disallowed))
}

/// A digest has as many digits as a hash, and the same form.
fn digest(text: &str) -> Option<Sha256> {
    text.parse::<sayso_core::Pdq>().ok().map(|digest| Sha256(*digest.as_bytes()))
}

/// What is known of a claim.
pub(super) fn told(ground: &Ground, claim: u64) -> ToldClaim {
    let held = ground.index().get(sayso_registry::claim::ClaimId(claim));
    let wishes = held.iter().flat_map(|held| held.wishes());
    let preferences = wishes.map(|(category, wish)| {
        let wish = match wish {
            Wish::Allowed => "y",
            Wish::Disallowed => "n",
            Wish::UnderTerms => "terms",
        };
        (category.as_str(), wish)
    });
    ToldClaim {
        state: held.map(|held| held.state),
        subject: held.map(|held| held.subject.to_string()),
        preferences: preferences.collect(),
        removed: 0,
    }
}
