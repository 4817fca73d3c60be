use std::collections::BTreeSet;

use serde::Serialize;

use super::{Portfolio, ReceiptStanding, Work};

/// A portfolio in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Pictures that were looked for.
    pub pictures: u64,
    /// Those of which something was found.
    pub found: u64,
    /// Those for which a claim holds, by the file or by what it looks like; none where no registry was named.
    pub claimed: Option<u64>,
    /// Those for which none does.
    pub unclaimed: Option<u64>,
    /// Those that are too plain to be told from others.
    pub too_plain: u64,
    /// Samples that were found, each once.
    pub samples: u64,
    /// Those for which a claim holds.
    pub samples_claimed: Option<u64>,
    /// Those for which none does.
    pub samples_unclaimed: Option<u64>,
    /// Those that a takedown would take out.
    pub samples_to_go: Option<u64>,
    /// Samples that were taken out because of claims on these pictures and on what was found of them.
    pub removed: Option<u64>,
    /// Removals with a receipt that holds.
    pub receipts_hold: u64,
    /// Removals with receipts of which none holds.
    pub receipts_fail: u64,
    /// Removals with a receipt for which nobody gave the key.
    pub receipts_unchecked: u64,
    /// Removals without a receipt.
    pub receipts_missing: u64,
    /// Pictures and receipts that could not be read.
    pub bad: u64,
}

impl Numbers {
    pub(super) fn of(portfolio: &Portfolio, bad: u64) -> Self {
        let count = |of: &dyn Fn(&Work) -> bool| portfolio.pictures.iter().filter(|work| of(work)).count() as u64;
        let has_registry = portfolio.registry_head.is_some();
        let known = |number: u64| has_registry.then_some(number);
        let (mut all, mut claimed, mut to_go) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for copy in portfolio.pictures.iter().flat_map(|work| &work.copies) {
            // Two pictures of one series may be near the same sample.
            let key = (copy.dataset.as_str(), copy.uid);
            all.insert(key);
            if !copy.claims.is_empty() {
                claimed.insert(key);
            }
            if copy.goes_by.is_some() {
                to_go.insert(key);
            }
        }
        let (samples, samples_claimed) = (all.len() as u64, claimed.len() as u64);
        let of = |standing: &dyn Fn(&ReceiptStanding) -> bool| {
            portfolio.removed.iter().filter(|removed| standing(&removed.receipt)).count() as u64
        };
        let claimed_pictures = count(&|work| !work.claims.is_empty());
        Self {
            pictures: portfolio.pictures.len() as u64,
            found: count(&|work| !work.copies.is_empty()),
            claimed: known(claimed_pictures),
            unclaimed: known(portfolio.pictures.len() as u64 - claimed_pictures),
            too_plain: count(&|work| !work.can_be_matched),
            samples,
            samples_claimed: known(samples_claimed),
            samples_unclaimed: known(samples - samples_claimed),
            samples_to_go: known(to_go.len() as u64),
            removed: known(portfolio.removed.len() as u64),
            receipts_hold: of(&|it| matches!(it, ReceiptStanding::Holds { .. })),
            receipts_fail: of(&|it| matches!(it, ReceiptStanding::Fails { .. })),
            receipts_unchecked: of(&|it| matches!(it, ReceiptStanding::NoKey { .. })),
            receipts_missing: of(&|it| matches!(it, ReceiptStanding::NoneGiven)),
            bad,
        }
    }

    /// Whether there is anything to tell: a copy, a claim, or a removal.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        self.found > 0 || self.claimed.is_some_and(|claimed| claimed > 0) || self.removed.is_some_and(|it| it > 0)
    }
}
