use sayso_core::UsageCategory::{self, DataMining, TrainAi, TrainGenai};
use sayso_core::{Preference, ReasonCode, Signal, Stance};

use crate::codes;
use crate::read::Preferences;

/// What the values of `plus:DataMining` start with.
const VOCABULARY: &str = "http://ns.useplus.org/ldf/vocab/";

/// The values of PLUS LDF 2.0.1, property `DataMining`, which IPTC took over in its Photo Metadata Standard 2023.1.
///
/// The exception for search engines is an exception from a prohibition: it prohibits no search, and grants none.
const VALUES: &[(&str, UsageCategory, Stance, &ReasonCode)] = &[
    ("DMI-UNSPECIFIED", DataMining, Stance::Unknown, codes::IPTC_UNSPECIFIED),
    ("DMI-ALLOWED", DataMining, Stance::Allowed, codes::IPTC_GRANTED),
    ("DMI-PROHIBITED-AIMLTRAINING", TrainAi, Stance::Disallowed, codes::IPTC_PROHIBITED),
    ("DMI-PROHIBITED-GENAIMLTRAINING", TrainGenai, Stance::Disallowed, codes::IPTC_PROHIBITED),
    ("DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", DataMining, Stance::Disallowed, codes::IPTC_PROHIBITED),
    ("DMI-PROHIBITED", DataMining, Stance::Disallowed, codes::IPTC_PROHIBITED),
    ("DMI-PROHIBITED-SEECONSTRAINT", DataMining, Stance::Disallowed, codes::IPTC_CONSTRAINED),
    ("DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", DataMining, Stance::Disallowed, codes::IPTC_CONSTRAINED),
    ("DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", DataMining, Stance::Disallowed, codes::IPTC_CONSTRAINED),
];

/// Reads a value of `plus:DataMining`: the address of a term, or the term alone, as some writers have it.
///
/// The mark of a cut stands behind a value whose surroundings are incomplete as well. A grant is then none, because the
/// rest may take it back; a prohibition stays.
pub(super) fn read_data_mining(raw: &str) -> Vec<Preference> {
    let mut preferences = Preferences::default();
    let whole = raw.strip_suffix(Signal::CUT_MARK);
    let value = whole.unwrap_or(raw).trim_ascii();
    let term = value.strip_prefix(VOCABULARY).unwrap_or(value);
    match VALUES.iter().find(|(known, ..)| *known == term) {
        Some(&(_, category, Stance::Allowed, _)) if whole.is_some() => {
            preferences.add(category, Stance::Unknown, codes::SIGNAL_CUT);
        }
        Some(&(_, category, stance, code)) => preferences.add(category, stance, code),
        None => preferences.add(DataMining, Stance::Unknown, codes::IPTC_UNREADABLE),
    }
    preferences.into_vec()
}

#[cfg(test)]
mod tests {
    use super::{VALUES, VOCABULARY, read_data_mining};

    fn shown(raw: &str) -> Vec<String> {
        read_data_mining(raw).iter().map(|p| format!("{}={} {}", p.category, p.stance, p.code)).collect()
    }

    #[test]
    fn the_nine_values() {
        let expected = [
            "data-mining=unknown iptc-unspecified",
            "data-mining=allowed iptc-granted",
            "train-ai=disallowed iptc-prohibited",
            "train-genai=disallowed iptc-prohibited",
            "data-mining=disallowed iptc-prohibited",
            "data-mining=disallowed iptc-prohibited",
            "data-mining=disallowed iptc-constrained",
            "data-mining=disallowed iptc-constrained",
            "data-mining=disallowed iptc-constrained",
        ];
        assert_eq!(VALUES.len(), expected.len());
        for ((term, ..), expected) in VALUES.iter().zip(expected) {
            assert_eq!(shown(&format!("{VOCABULARY}{term}")), [expected], "{term}");
            assert_eq!(shown(term), [expected], "{term}");
        }
    }

    #[test]
    fn anything_else_is_unreadable() {
        for value in [
            "",
            "DMI-",
            "dmi-allowed",
            "Allowed",
            "DMI-ALLOWED/",
            "DMI-ALLOWED DMI-PROHIBITED",
            "DMI-PROHIBITED-AITRAINING",
            "https://ns.useplus.org/ldf/vocab/DMI-ALLOWED",
            "http://example.org/DMI-ALLOWED",
            "http://ns.useplus.org/ldf/vocab/http://ns.useplus.org/ldf/vocab/DMI-ALLOWED",
        ] {
            assert_eq!(shown(value), ["data-mining=unknown iptc-unreadable"], "{value}");
        }
    }

    #[test]
    fn a_cut_leaves_prohibitions_only() {
        assert_eq!(shown("DMI-ALLOWED…"), ["data-mining=unknown signal-cut"]);
        assert_eq!(shown("DMI-PROHIBITED…"), ["data-mining=disallowed iptc-prohibited"]);
    }
}
