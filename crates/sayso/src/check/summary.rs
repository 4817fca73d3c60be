use std::collections::BTreeMap;

use sayso_core::{Decision, ReasonCode, Stance};

use super::checked::Checked;
use super::fault::{Fault, Faults};

/// What was found, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckSummary {
    /// Pictures and addresses.
    pub checked: u64,
    /// Those that the policy refuses.
    pub refused: u64,
    /// Those that are allowed.
    pub allowed: u64,
    /// Those of which nothing is known.
    pub unknown: u64,
    /// Those that are disallowed.
    pub disallowed: u64,
    /// How often each reason decided, by the verdict to which it led.
    pub reasons: BTreeMap<(Stance, ReasonCode), u64>,
    /// Those with an address whose site was not asked.
    pub unasked: u64,
    /// Files that are nothing of all this.
    pub others: u64,
    /// What could not be read.
    pub faults: Faults,
}

impl CheckSummary {
    pub(super) fn add(&mut self, checked: &Checked) {
        self.checked += 1;
        self.refused += u64::from(checked.decision == Decision::Refused);
        *match checked.verdict.stance {
            Stance::Allowed => &mut self.allowed,
            Stance::Unknown => &mut self.unknown,
            Stance::Disallowed => &mut self.disallowed,
        } += 1;
        if let Some(reason) = checked.verdict.reasons.first() {
            *self.reasons.entry((checked.verdict.stance, reason.code.clone())).or_default() += 1;
        }
        self.unasked += u64::from(!checked.was_asked && checked.url.is_some());
        checked.faults.iter().for_each(|fault| self.faults.add(fault));
    }

    pub(super) fn fault(&mut self, fault: &Fault) {
        self.faults.add(fault);
    }
}
