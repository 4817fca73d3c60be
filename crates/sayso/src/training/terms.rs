use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sayso_registry::claim::{ClaimId, Terms, Undertaking, Wish};
use sayso_registry::entry::PrivateField;

use crate::Error;
use crate::claims::{Ground, RegistryPlace};

/// The claims of a registry that allow uses under terms, and whether somebody who is about to train keeps them.
#[derive(Debug, Clone, Default)]
pub struct KeptTerms {
    kept: BTreeSet<ClaimId>,
    terms: BTreeMap<ClaimId, Terms>,
    unmet: BTreeMap<ClaimId, String>,
}

/// Claims under terms that are looked into.
const CLAIMS: usize = 100_000;

impl KeptTerms {
    /// Nobody's terms are kept.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the terms of a registry that lies here. One that is served at an address does not tell them.
    pub fn read(registry: &Path, ground: &Ground, asked: &Undertaking) -> Result<Self, Error> {
        let mut all = Self::default();
        let under_terms = |claim: &&sayso_registry::lookup::Held| {
            claim.is_by_control && claim.wishes().any(|(_, wish)| wish == Wish::UnderTerms)
        };
        let ids: Vec<ClaimId> = ground.index().iter().filter(under_terms).map(|claim| claim.id).take(CLAIMS).collect();
        if ids.is_empty() {
            return Ok(all);
        }
        let mut opened = RegistryPlace::of(registry).open()?;
        for id in ids {
            let history = opened.history(id)?;
            let openings = history.iter().flat_map(|step| &step.openings);
            let text =
                openings.filter(|(field, _)| *field == PrivateField::Terms).map(|(_, opening)| &opening.value).next();
            let why = match text.map(|text| Terms::read(text)) {
                Some(Ok(Some(terms))) => {
                    let unmet = terms.unmet(asked);
                    all.terms.insert(id, terms);
                    unmet
                }
                Some(Ok(None) | Err(_)) => Some("they are in words, which no program keeps".to_owned()),
                None => Some("they were erased".to_owned()),
            };
            match why {
                None => {
                    all.kept.insert(id);
                }
                Some(why) => {
                    all.unmet.insert(id, why);
                }
            }
        }
        Ok(all)
    }

    /// The claims whose terms are kept.
    #[must_use]
    pub const fn kept(&self) -> &BTreeSet<ClaimId> {
        &self.kept
    }

    /// Whether a claim's terms are kept.
    #[must_use]
    pub fn is_kept(&self, claim: ClaimId) -> bool {
        self.kept.contains(&claim)
    }

    /// Why a claim's terms are not kept; `None` where they are, or where it has none.
    #[must_use]
    pub fn unmet(&self, claim: ClaimId) -> Option<&str> {
        self.unmet.get(&claim).map(String::as_str)
    }

    /// A claim's terms, where a program can keep them.
    #[must_use]
    pub fn terms(&self, claim: ClaimId) -> Option<&Terms> {
        self.terms.get(&claim)
    }
}
