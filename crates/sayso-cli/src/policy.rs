use std::path::PathBuf;
use std::str::FromStr;

use sayso::policy::read_policy_file;
use sayso_core::{Policy, PolicyName, Purpose};

/// A policy as it is given on the command line: one of the names, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PolicyChoice {
    Named(PolicyName),
    File(PathBuf),
}

impl FromStr for PolicyChoice {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        if given.contains(['/', '\\', '.']) {
            return Ok(Self::File(PathBuf::from(given)));
        }
        let name =
            given.parse::<PolicyName>().map_err(|error| format!("{error}, or a policy file such as museum.toml"))?;
        Ok(Self::Named(name))
    }
}

impl PolicyChoice {
    /// The policy for this purpose.
    pub(crate) fn policy(&self, purpose: Purpose) -> Result<Policy, sayso::Error> {
        match self {
            Self::Named(name) => Ok(Policy::new(*name, purpose)),
            Self::File(path) => read_policy_file(path, purpose),
        }
    }
}
