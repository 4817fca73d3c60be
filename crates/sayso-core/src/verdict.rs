use serde::{Deserialize, Serialize};

use crate::{Purpose, Reason, Stance};

/// The state of the registry of claims that a verdict was judged against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegistryHead(pub String);

/// The answer to "may this pair be used for this purpose?", with everything that led to it.
///
/// A verdict has three values, no `Default` and no conversion to `bool`: whoever wants to act on it asks a
/// [`Policy`](crate::Policy), which says what each value leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The use that was judged.
    pub purpose: Purpose,
    /// The answer.
    pub stance: Stance,
    /// What decided, first, and every other statement that was seen, after it. Never empty.
    pub reasons: Vec<Reason>,
    /// The registry's head at the time; `None` where no registry was consulted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_head: Option<RegistryHead>,
}
