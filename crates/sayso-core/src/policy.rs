use std::sync::Arc;

use crate::{OwnRules, Purpose, Stance, Verdict, stable_names};

/// The policies that Sayso knows by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyName {
    /// Judge everything, refuse nothing.
    Record,
    /// Refuse what is reserved.
    OptOut,
    /// Refuse what is reserved and what is unknown.
    Strict,
    /// Admit only what is granted, a free licence (CC0, CC BY, public domain) counting as a grant.
    OptIn,
}

stable_names!(PolicyName, "policy", {
    Record => "record",
    OptOut => "opt-out",
    Strict => "strict",
    OptIn => "opt-in",
});

/// The rules that a builder builds under. It has no `Default`: to choose for somebody would be a consent bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which rules.
    pub name: PolicyName,
    /// The use for which the dataset is built.
    pub purpose: Purpose,
    /// What a policy file adds to the named rules; `None` without one.
    pub own: Option<Arc<OwnRules>>,
}

/// What a policy makes of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The pair may become a sample.
    Admitted,
    /// The pair becomes an exclusion.
    Refused,
}

impl Policy {
    /// The named policy as it is.
    #[must_use]
    pub const fn new(name: PolicyName, purpose: Purpose) -> Self {
        Self { name, purpose, own: None }
    }

    /// Decides what `verdict` leads to under this policy.
    #[must_use]
    pub fn decide(&self, verdict: &Verdict) -> Decision {
        if let Some(own) = &self.own
            && verdict.reasons.iter().any(|reason| own.refuses_reason(reason))
        {
            return Decision::Refused;
        }
        match (self.name, verdict.stance) {
            (PolicyName::Record, _) | (_, Stance::Allowed) | (PolicyName::OptOut, Stance::Unknown) => {
                Decision::Admitted
            }
            (PolicyName::OptOut, Stance::Disallowed)
            | (PolicyName::Strict | PolicyName::OptIn, Stance::Unknown | Stance::Disallowed) => Decision::Refused,
        }
    }
}

impl std::fmt::Display for Policy {
    /// The name, after that of a policy file where there is one: `museum (opt-in)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.own {
            Some(own) => write!(f, "{} ({})", own.name, self.name),
            None => write!(f, "{}", self.name),
        }
    }
}
