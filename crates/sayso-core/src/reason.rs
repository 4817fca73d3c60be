use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Signal, Stance, UsageCategory};

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
    pub evidence: Option<Signal>,
}
