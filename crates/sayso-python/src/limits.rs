use std::num::NonZeroUsize;

use pyo3::prelude::*;
use sayso::build::{default_limits, set_limit};
use sayso::policy::PolicyChoice;
use sayso_core::{Limits, Policy, Purpose};

use crate::error::{raised, refused};

/// The limits that the command starts from, with those that somebody changed.
pub(crate) fn limits(changed: Vec<(String, u64)>) -> PyResult<Limits> {
    let mut limits = default_limits();
    for (name, value) in changed {
        set_limit(&mut limits, &name.replace('_', "-"), value).map_err(|error| refused(error.to_string()))?;
    }
    Ok(limits)
}

/// The policy of this name or file for this purpose.
pub(crate) fn policy(py: Python<'_>, choice: &str, purpose: &str) -> PyResult<Policy> {
    let purpose: Purpose = purpose.parse().map_err(|error: sayso_core::UnknownName| refused(error.to_string()))?;
    let choice: PolicyChoice = choice.parse().map_err(refused)?;
    choice.policy(purpose).map_err(|error| raised(py, &error))
}

/// As many threads as somebody asked for, or as there are cores.
pub(crate) fn threads(asked: Option<usize>) -> NonZeroUsize {
    let asked = asked.and_then(NonZeroUsize::new);
    asked.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}
