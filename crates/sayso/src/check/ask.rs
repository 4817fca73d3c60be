//! How a check asks sites what they say, without knowing how.

use sayso_core::Statement;

/// Somebody who can be asked what the web says of an address.
pub trait AskSite: Sync {
    /// Everything that the site of `url` and the answer at `url` say, or why that could not be learned, in words.
    fn ask(&self, url: &str) -> Asked;
}

/// What asking brought.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What was said.
    pub statements: Vec<Statement>,
    /// What could not be learned, and why, in words. A site that cannot be reached leaves its preferences unknown.
    pub failures: Vec<String>,
}
