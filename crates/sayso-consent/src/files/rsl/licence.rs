use sayso_core::{ReasonCode, Stance, UsageCategory};

use crate::codes;
use crate::labels::{Labels, Vocabulary};

/// A `license` element, as far as it decides on uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Licence {
    /// What `permits` of type `usage` grants; `None` where there is none.
    permits: Option<Vec<UsageCategory>>,
    prohibits: Vec<UsageCategory>,
    /// Whether something is asked in return, or not everybody is meant.
    pub(super) is_conditional: bool,
    /// Whether something in it cannot be read, which may be a condition.
    pub(super) is_unclear: bool,
}

/// What a licence, or all licences of one content, say of a use; the later, the more it weighs.
///
/// A list that leaves the use out weighs the least: another licence may name it, and any licence may be taken
/// (section 3.4). Licences that name the same use on different terms are a doubt, and the stricter one decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    Nothing,
    /// Not in a list, of which it would be wrong to say that it reserves the use.
    LeftOut,
    NotPermitted,
    Permitted,
    Unclear,
    Conditional,
    Prohibited,
}

impl Says {
    pub(super) fn preference(self) -> Option<(Stance, &'static ReasonCode)> {
        match self {
            Self::Nothing | Self::LeftOut => None,
            Self::NotPermitted => Some((Stance::Disallowed, codes::RSL_NOT_PERMITTED)),
            Self::Permitted => Some((Stance::Allowed, codes::RSL_PERMITTED)),
            Self::Unclear => Some((Stance::Unknown, codes::RSL_UNREADABLE)),
            Self::Conditional => Some((Stance::Disallowed, codes::RSL_CONDITIONAL)),
            Self::Prohibited => Some((Stance::Disallowed, codes::RSL_PROHIBITED)),
        }
    }
}

impl Licence {
    /// Reads the text of a `permits` or `prohibits` of some type (sections 3.5 and 3.6).
    ///
    /// Tokens stand between blanks; drafts of 2025 had commas. An unknown one permits nothing, and makes it unclear
    /// what is prohibited. A word that differs in its case is another one where it would grant, and the same where it
    /// would reserve.
    pub(super) fn add_uses(&mut self, permits: bool, kind: Option<&str>, text: &str) {
        let tokens = || text.split(|char: char| char.is_whitespace() || char == ',').filter(|token| !token.is_empty());
        match kind {
            Some("usage") if permits => {
                let granted = tokens().filter_map(|token| Labels::builtin().find(Vocabulary::Rsl, token));
                let list = self.permits.get_or_insert_default();
                granted.for_each(|usage| add_new(list, &usage.grants));
            }
            Some("usage") => {
                for token in tokens() {
                    match Labels::builtin().find_in_any_case(Vocabulary::Rsl, token) {
                        Some(usage) => add_new(&mut self.prohibits, &usage.reserves),
                        None => self.is_unclear = true,
                    }
                }
            }
            // Who the user of a dataset is and where, nobody knows when it is made.
            Some("user" | "geo") => self.is_conditional = true,
            _ => self.is_unclear = true,
        }
    }

    /// What the licence says of a use. `is_guarded` is a condition on everything in the content.
    pub(super) fn says(&self, category: UsageCategory, is_guarded: bool) -> Says {
        if self.prohibits.contains(&category) {
            return Says::Prohibited;
        }
        let is_conditional = self.is_conditional || is_guarded;
        let of_unnamed = match &self.permits {
            Some(list) if list.contains(&category) => Says::Permitted,
            Some(_) => return Says::NotPermitted,
            // Without a list every use falls under the licence (section 3.5); but silence grants nothing.
            None => Says::Nothing,
        };
        if is_conditional {
            Says::Conditional
        } else if self.is_unclear {
            Says::Unclear
        } else {
            of_unnamed
        }
    }
}

/// Adds what is not there yet, so that a list stays short however often a token is repeated.
fn add_new(list: &mut Vec<UsageCategory>, categories: &[UsageCategory]) {
    for category in categories {
        if !list.contains(category) {
            list.push(*category);
        }
    }
}
