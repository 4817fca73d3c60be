use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ReasonCode, Signal, Stance, UsageCategory};

/// A signal's meaning for one usage category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// The use it speaks of.
    pub category: UsageCategory,
    /// What it says of that use.
    pub stance: Stance,
    /// Why it was read that way.
    pub code: ReasonCode,
}

/// A signal together with all that it was read to mean.
///
/// A signal that says nothing readable keeps its place with no preferences, or with
/// [`Stance::Unknown`] ones: it stays visible as evidence and never turns into a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The signal as found. Shared, since a verdict keeps it as evidence and copying texts would cost more than judging.
    pub signal: Arc<Signal>,
    /// Its preferences, at most one a category.
    pub preferences: Vec<Preference>,
}

impl Statement {
    /// A signal and what it means.
    #[must_use]
    pub fn new(signal: impl Into<Arc<Signal>>, preferences: Vec<Preference>) -> Self {
        Self { signal: signal.into(), preferences }
    }
}
