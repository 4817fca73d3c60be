use std::path::PathBuf;
use std::str::FromStr;

use sayso_core::{Policy, PolicyName, Purpose};

use super::read_policy_file;
use crate::Error;

/// A policy as it is given in words: one of the names, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyChoice {
    /// One of the names.
    Named(PolicyName),
    /// A policy file.
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
    pub fn policy(&self, purpose: Purpose) -> Result<Policy, Error> {
        match self {
            Self::Named(name) => Ok(Policy::new(*name, purpose)),
            Self::File(path) => read_policy_file(path, purpose),
        }
    }
}
