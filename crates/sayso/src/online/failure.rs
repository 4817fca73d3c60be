use std::fmt;

use crate::signals::SourceKind;

/// Why an address was not read, or not as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It is none that is asked: another scheme, a password in it, an address of a private network.
    Refused(String),
    /// Its robots.txt keeps Sayso out, or cannot be had, which comes to the same.
    Forbidden(String),
    /// No answer came, or none that can be read.
    Unreachable(String),
    /// The answer is no success.
    Status(u16),
    /// A page stands in the place of a file, as on sites that answer every address with one.
    PageInstead,
    /// It was read in part.
    Partly(&'static str),
    /// Another machine asks there.
    Elsewhere,
}

impl Failure {
    /// The failure's stable name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Forbidden(_) => "forbidden",
            Self::Unreachable(_) => "unreachable",
            Self::Status(_) => "status",
            Self::PageInstead => "page-instead",
            Self::Partly(_) => "partly",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// A failure that was noted by its name and its words. What says too little to be used again is none.
    pub(super) fn noted(name: &str, words: String) -> Option<Self> {
        match name {
            "refused" => Some(Self::Refused(words)),
            "forbidden" => Some(Self::Forbidden(words)),
            "unreachable" => Some(Self::Unreachable(words)),
            _ => None,
        }
    }

    /// Whether there is nothing at the address, so that nothing is said there.
    #[must_use]
    pub const fn is_absence(&self) -> bool {
        matches!(self, Self::Status(404 | 410) | Self::PageInstead)
    }

    /// Whether something may be said there that could not be learned.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        !self.is_absence() && !matches!(self, Self::Forbidden(_))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) | Self::Forbidden(why) | Self::Unreachable(why) => f.write_str(why),
            Self::Status(404 | 410) => f.write_str("it is not there"),
            Self::Status(status) => write!(f, "the server says {status}"),
            Self::PageInstead => f.write_str("a page stands in its place"),
            Self::Partly(why) => f.write_str(why),
            Self::Elsewhere => f.write_str("another machine asks there"),
        }
    }
}

/// An address that was asked in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The address.
    pub url: String,
    /// What was looked for there.
    pub kind: SourceKind,
    /// Why it was not read.
    pub why: Failure,
}

impl Gap {
    /// Whether something may be said there that could not be learned. Nothing at an address that somebody asked for is
    /// trouble, too.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        self.why.is_trouble() || (self.why.is_absence() && self.kind == SourceKind::HttpAnswer)
    }

    /// Whether it is worth telling: what is not there says nothing, unless it was what somebody asked for.
    pub(crate) fn is_told(&self) -> bool {
        !self.why.is_absence() || self.kind == SourceKind::HttpAnswer
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.why)
    }
}
