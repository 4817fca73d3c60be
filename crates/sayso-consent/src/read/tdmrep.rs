use sayso_core::{Place, Preference, Signal, Stance, UsageCategory};

use super::Preferences;
use crate::codes;

/// Whether a TDMRep signal is the reservation itself, and not the policy that may go with it.
pub(crate) fn is_reservation(signal: &Signal) -> bool {
    match &signal.place {
        Place::Header { name } | Place::Meta { name } => name.eq_ignore_ascii_case("tdm-reservation"),
        _ => true,
    }
}

/// Reads TDMRep (W3C community group report of 10 May 2024). A policy alone states nothing.
pub(super) fn read_tdmrep(signal: &Signal) -> Vec<Preference> {
    let mut preferences = Preferences::default();
    if is_reservation(signal) {
        let (stance, code) = match signal.raw.trim_ascii() {
            "1" => (Stance::Disallowed, codes::TDM_RESERVED),
            "0" => (Stance::Allowed, codes::TDM_GRANTED),
            _ => (Stance::Unknown, codes::TDM_UNREADABLE),
        };
        preferences.add(UsageCategory::DataMining, stance, code);
    }
    preferences.into_vec()
}
