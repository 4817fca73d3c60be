use sayso_core::{Preference, Stance};

use super::Preferences;
use crate::codes;
use crate::labels::{ANY_USE, LabelStatus, Labels, Vocabulary};
use crate::structured_field::{Bare, Member, parse_dictionary};

/// Reads an AIPREF usage preference (draft-ietf-aipref-vocab-08, section 6): a dictionary of RFC 9651.
///
/// Parameters do not change a preference; the `exceptions` of CC signals stay in the evidence. Unknown labels are
/// passed over (its section 6.4); those of earlier drafts are mapped, which is Sayso's and not the draft's.
pub(crate) fn read_content_usage(field: &[u8]) -> Vec<Preference> {
    let mut preferences = Preferences::default();
    let Ok(members) = parse_dictionary(field) else {
        preferences.add_all(ANY_USE, Stance::Unknown, codes::CONTENT_USAGE_UNREADABLE);
        return preferences.into_vec();
    };
    for (key, member) in members {
        let Some(label) = Labels::builtin().find(Vocabulary::ContentUsage, &key) else {
            continue;
        };
        let is_current = label.status == LabelStatus::Current;
        match token(&member) {
            Some("n") => {
                let code = if is_current { codes::CONTENT_USAGE_RESERVED } else { codes::CONTENT_USAGE_OLD_RESERVED };
                preferences.add_all(&label.reserves, Stance::Disallowed, code);
            }
            Some("y") => {
                let code = if is_current { codes::CONTENT_USAGE_GRANTED } else { codes::CONTENT_USAGE_OLD_GRANTED };
                preferences.add_all(&label.grants, Stance::Allowed, code);
            }
            _ => preferences.add_all(&label.reserves, Stance::Unknown, codes::CONTENT_USAGE_UNREADABLE),
        }
    }
    preferences.into_vec()
}

fn token(member: &Member) -> Option<&str> {
    match member {
        Member::Single(single) => match &single.value {
            Bare::Token(token) => Some(token),
            _ => None,
        },
        Member::InnerList { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read_content_usage;

    fn shown(field: &str) -> Vec<String> {
        let preferences = read_content_usage(field.as_bytes());
        preferences.iter().map(|p| format!("{}={} {}", p.category, p.stance, p.code)).collect()
    }

    #[test]
    fn only_the_tokens_y_and_n_are_preferences() {
        assert_eq!(shown("train-ai=n"), ["train-ai=disallowed content-usage-reserved"]);
        assert_eq!(shown("train-ai=y"), ["train-ai=allowed content-usage-granted"]);
        for value in
            ["train-ai", "train-ai=?0", "train-ai=?1", "train-ai=\"y\"", "train-ai=(y)", "train-ai=Y", "train-ai=yes"]
        {
            assert_eq!(shown(value), ["train-ai=unknown content-usage-unreadable"], "{value}");
        }
        assert!(shown("x=y").is_empty());
        assert!(shown("").is_empty());
    }

    #[test]
    fn a_field_that_does_not_parse_is_unknown_as_a_whole() {
        for value in ["train-ai=y,", "Train-AI=y", "train-ai=y search=n", "train-ai=y;;", "train-ai=y, é"] {
            assert_eq!(
                shown(value),
                ["search=unknown content-usage-unreadable", "data-mining=unknown content-usage-unreadable"],
                "{value}"
            );
        }
    }

    #[test]
    fn the_last_of_a_repeated_label_counts() {
        assert_eq!(shown("train-ai=y, train-ai=n"), ["train-ai=disallowed content-usage-reserved"]);
        assert_eq!(shown("train-ai=n, train-ai=y"), ["train-ai=allowed content-usage-granted"]);
    }

    #[test]
    fn labels_of_earlier_drafts_and_exceptions_are_mapped() {
        assert_eq!(shown("train-genai=n;exceptions=cc-cr"), ["train-genai=disallowed content-usage-old-reserved"]);
        assert_eq!(shown("tdm=y"), ["data-mining=allowed content-usage-old-granted"]);
        // Two labels of one category: the most restrictive stays.
        assert_eq!(shown("ai=n, train-ai=y"), ["train-ai=disallowed content-usage-old-reserved"]);
    }
}
