use sayso_core::UsageCategory::DataMining;
use sayso_core::{Preference, Signal, Stance};

use crate::codes;
use crate::labels::{Labels, Vocabulary};
use crate::read::Preferences;

/// What the values of `plus:DataMining` start with.
pub(super) const VOCABULARY: &str = "http://ns.useplus.org/ldf/vocab/";

/// Those that prohibit but for terms which stand elsewhere.
const CONSTRAINED: &[&str] =
    &["DMI-PROHIBITED-SEECONSTRAINT", "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR"];

/// The term that says nothing.
pub(super) const UNSPECIFIED: &str = "DMI-UNSPECIFIED";

/// All terms.
pub(super) fn terms() -> impl Iterator<Item = &'static str> {
    Labels::builtin().of(Vocabulary::Plus).iter().map(|label| &*label.label)
}

/// Reads a value of `plus:DataMining`: the address of a term, or the term alone, as some writers have it.
///
/// A term alone prohibits what it prohibits, and grants nothing: it is not a value of the standard. The mark of a cut
/// stands behind a value whose surroundings are incomplete as well. A grant is then none, because the rest may take it
/// back; a prohibition stays.
pub(super) fn read_data_mining(raw: &str) -> Vec<Preference> {
    let mut preferences = Preferences::default();
    let whole = raw.strip_suffix(Signal::CUT_MARK);
    let value = whole.unwrap_or(raw).trim_ascii();
    let (term, is_address) = value.strip_prefix(VOCABULARY).map_or((value, false), |term| (term, true));
    match Labels::builtin().find(Vocabulary::Plus, term) {
        Some(label) if !label.grants.is_empty() => {
            let (stance, code) = match (whole, is_address) {
                (Some(_), _) => (Stance::Unknown, codes::SIGNAL_CUT),
                (None, true) => (Stance::Allowed, codes::IPTC_GRANTED),
                (None, false) => (Stance::Unknown, codes::IPTC_UNREADABLE),
            };
            preferences.add_all(&label.grants, stance, code);
        }
        Some(label) if !label.reserves.is_empty() => {
            let is_constrained = CONSTRAINED.contains(&term);
            let code = if is_constrained { codes::IPTC_CONSTRAINED } else { codes::IPTC_PROHIBITED };
            preferences.add_all(&label.reserves, Stance::Disallowed, code);
        }
        Some(_) => preferences.add(DataMining, Stance::Unknown, codes::IPTC_UNSPECIFIED),
        None => preferences.add(DataMining, Stance::Unknown, codes::IPTC_UNREADABLE),
    }
    preferences.into_vec()
}

#[cfg(test)]
mod tests {
    use super::{CONSTRAINED, VOCABULARY, read_data_mining};
    use crate::labels::{Labels, Vocabulary};

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
        let values = Labels::builtin().of(Vocabulary::Plus);
        assert_eq!(values.len(), expected.len());
        for (value, expected) in values.iter().zip(expected) {
            let term = &value.label;
            assert_eq!(shown(&format!("{VOCABULARY}{term}")), [expected], "{term}");
            // Alone it reserves as much, and grants nothing.
            let alone = expected.replace("allowed iptc-granted", "unknown iptc-unreadable");
            let alone = if expected.contains("disallowed") { expected.to_owned() } else { alone };
            assert_eq!(shown(term), [alone], "{term}");
        }
        assert!(CONSTRAINED.iter().all(|term| values.iter().any(|value| *value.label == **term)));
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
        assert_eq!(shown(&format!("{VOCABULARY}DMI-ALLOWED…")), ["data-mining=unknown signal-cut"]);
        assert_eq!(shown("DMI-ALLOWED…"), ["data-mining=unknown signal-cut"]);
        assert_eq!(shown("DMI-PROHIBITED…"), ["data-mining=disallowed iptc-prohibited"]);
    }
}
