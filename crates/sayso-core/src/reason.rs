use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Preference, Signal, Stance, UsageCategory};

/// A stable code that says why a preference or verdict is what it is, such as `noai` or `tdm-reserved`.
///
/// Codes are open: a dataset written by a newer Sayso may hold codes that this one does not know, and they
/// are shown as they are. Those that this version writes are listed in `docs/reference/reasons.md`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReasonCode(Cow<'static, str>);

impl ReasonCode {
    /// No signal said anything about the purpose.
    pub const NO_STATEMENT: Self = Self::new("no-statement");

    /// The caption holds somebody's personal data, and whoever built the dataset left such pairs out.
    pub const PERSONAL_DATA: Self = Self::new("personal-data");

    /// The policy refuses a licence that is stated.
    pub const LICENCE_REFUSED: Self = Self::new("licence-refused");

    /// A code known when the program is compiled.
    #[must_use]
    pub const fn new(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// A code read from storage.
    #[must_use]
    pub fn stored(code: String) -> Self {
        Self(Cow::Owned(code))
    }

    /// The code as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// One reason of a verdict: what was said, of which use, with which effect, and the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The stable code.
    pub code: ReasonCode,
    /// What this reason speaks for.
    pub stance: Stance,
    /// The usage category the statement named; the purpose may be implied by it.
    pub category: UsageCategory,
    /// The signal it rests on; `None` where the reason is that there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Arc<Signal>>,
    /// What the same statement says of other uses: with it, the verdict for another purpose can be reached from a stored
    /// one.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "also")]
    pub also: Vec<Preference>,
}

/// Preferences that say the same for the same reason are stored together: most statements speak of many uses at once.
mod also {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Preference, ReasonCode, Stance, UsageCategory};

    #[derive(Serialize, Deserialize)]
    struct Group {
        code: ReasonCode,
        stance: Stance,
        categories: Vec<UsageCategory>,
    }

    pub(super) fn serialize<S: Serializer>(also: &[Preference], serializer: S) -> Result<S::Ok, S::Error> {
        let mut groups: Vec<Group> = Vec::new();
        for Preference { category, stance, code } in also {
            match groups.iter_mut().find(|group| group.code == *code && group.stance == *stance) {
                Some(group) => group.categories.push(*category),
                None => groups.push(Group { code: code.clone(), stance: *stance, categories: vec![*category] }),
            }
        }
        groups.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Preference>, D::Error> {
        let groups = Vec::<Group>::deserialize(deserializer)?;
        let mut also: Vec<Preference> = Vec::new();
        for Group { code, stance, categories } in groups {
            also.extend(categories.into_iter().map(|category| Preference { category, stance, code: code.clone() }));
        }
        also.sort_by_key(|preference| preference.category);
        Ok(also)
    }
}
