use std::fmt;
use std::str::FromStr;

use sayso_core::{Sha256, stable_names};

use crate::entry::{Commitment, Opening, PrivateField, SALT_BYTES};

/// What something in a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentKind {
    /// A picture that somebody brought, as they brought it.
    Upload,
    /// The weights that were trained on them.
    Weights,
    /// What was written about the weights.
    Paper,
    /// A picture that was made with them.
    Picture,
}

stable_names!(ContentKind, "kind of content", {
    Upload => "upload",
    Weights => "weights",
    Paper => "paper",
    Picture => "picture",
});

/// One file that somebody brought, or that was made for them. Its name is nobody's business, and no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Content {
    /// What it is.
    pub kind: ContentKind,
    /// Its digest.
    pub sha256: Sha256,
    /// Its bytes.
    pub bytes: u64,
}

/// All that somebody brought and that was made of it, in an order that does not depend on when it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents(Vec<Content>);

impl Contents {
    /// These.
    #[must_use]
    pub fn new(mut all: Vec<Content>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// In their order.
    #[must_use]
    pub fn all(&self) -> &[Content] {
        &self.0
    }

    /// The commitment to them under a salt: that of the field `contents` with the lines as its value.
    #[must_use]
    pub fn commitment(&self, salt: &[u8; SALT_BYTES]) -> Commitment {
        Opening { salt: *salt, value: self.to_string() }.commitment(PrivateField::Contents)
    }
}

impl fmt::Display for Contents {
    /// A line each, with a line break after every one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|content| writeln!(f, "{content}"))
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.sha256, self.bytes)
    }
}

/// A line that is none of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no kind, digest and number of bytes")]
pub struct ContentError;

impl FromStr for Content {
    type Err = ContentError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let mut parts = line.split(' ');
        let mut part = || parts.next().ok_or(ContentError);
        let kind = part()?.parse().map_err(|_| ContentError)?;
        // A digest and a perceptual hash have the same form.
        let sha256: sayso_core::Pdq = part()?.parse().map_err(|_| ContentError)?;
        let bytes = part()?.parse().map_err(|_| ContentError)?;
        let read = Self { kind, sha256: Sha256(*sha256.as_bytes()), bytes };
        // Each has one text only.
        if read.to_string() == line { Ok(read) } else { Err(ContentError) }
    }
}
