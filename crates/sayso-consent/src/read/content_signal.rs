use sayso_core::{Preference, Stance};

use super::Preferences;
use crate::codes;
use crate::labels::{ANY_USE, Labels, Vocabulary};

/// Reads a Content-Signal value: `name=yes` or `name=no` between commas.
///
/// The policy that defines it gives no grammar, so blanks and case are let pass, and a name given twice counts as its
/// more restrictive value. Names that the policy does not define are not judged.
pub(crate) fn read_content_signal(value: &[u8]) -> Vec<Preference> {
    let mut preferences = Preferences::default();
    let Ok(value) = std::str::from_utf8(value) else {
        preferences.add_all(ANY_USE, Stance::Unknown, codes::CONTENT_SIGNAL_UNREADABLE);
        return preferences.into_vec();
    };
    for part in value.split([',', ';']) {
        let (name, answer) = part.split_once('=').unwrap_or((part, ""));
        let Some(label) = Labels::builtin().find_in_any_case(Vocabulary::ContentSignal, name.trim_ascii()) else {
            continue;
        };
        let answer = answer.trim_ascii();
        if answer.eq_ignore_ascii_case("no") {
            preferences.add_all(&label.reserves, Stance::Disallowed, codes::CONTENT_SIGNAL_RESERVED);
        } else if answer.eq_ignore_ascii_case("yes") {
            preferences.add_all(&label.grants, Stance::Allowed, codes::CONTENT_SIGNAL_GRANTED);
        } else {
            preferences.add_all(&label.reserves, Stance::Unknown, codes::CONTENT_SIGNAL_UNREADABLE);
        }
    }
    preferences.into_vec()
}

#[cfg(test)]
mod tests {
    use super::read_content_signal;

    fn shown(value: &str) -> Vec<String> {
        let preferences = read_content_signal(value.as_bytes());
        preferences.iter().map(|p| format!("{}={} {}", p.category, p.stance, p.code)).collect()
    }

    #[test]
    fn yes_and_no_are_read_and_absence_says_nothing() {
        assert_eq!(
            shown("search=yes, ai-train=no, use=reference"),
            ["search=allowed content-signal-granted", "train-ai=disallowed content-signal-reserved"]
        );
        assert_eq!(shown("AI-Input = NO"), ["ai-input=disallowed content-signal-reserved"]);
        assert!(shown("use=full, x=yes").is_empty());
        assert!(shown("").is_empty());
    }

    #[test]
    fn anything_else_is_unknown() {
        for value in ["ai-train=maybe", "ai-train", "ai-train=", "ai-train=yes, ai-train=?", "ai-train=yes…"] {
            assert_eq!(shown(value), ["train-ai=unknown content-signal-unreadable"], "{value}");
        }
        assert_eq!(shown("ai-train=yes, ai-train=no"), ["train-ai=disallowed content-signal-reserved"]);
    }
}
