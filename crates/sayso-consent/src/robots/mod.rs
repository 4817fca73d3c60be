//! robots.txt: access rules (RFC 9309) and the statements that other vocabularies write into it.

mod access;
mod fetch;
pub(crate) mod line;
mod parse;
pub(crate) mod pattern;
mod sieve;
mod statements;

use std::ops::Range;
use std::sync::Arc;

use sayso_core::{Preference, SignalKind, Stance};

use crate::agents::Agent;
use pattern::Pattern;
use sieve::Sieve;

pub use fetch::RobotsFetch;
pub(crate) use parse::product_token;

/// A robots.txt file, read.
///
/// What is kept are its groups, rules and statements, each with its line and bytes; comments and everything that no
/// rule needs are gone, so that the files of many sites fit into memory.
#[derive(Debug, Clone)]
pub struct RobotsTxt {
    /// The patterns of all rules, normalised, one after the other.
    patterns: Vec<u8>,
    /// The evidence of all rules, one after the other.
    raw: String,
    /// Of each group together, in the order in which they win ([`access`]).
    rules: Vec<Rule>,
    /// What keeps most rules from being matched at all, in the order of `rules`.
    sieves: Vec<Sieve>,
    usages: Vec<Usage>,
    groups: Vec<Group>,
    /// Every name in a `User-agent` line, once, in the order in which they first stand.
    named: Vec<Named>,
    /// The usages that stand before the first group and so speak to everybody.
    origin_wide: Range<usize>,
    truncated: bool,
}

/// Whether an agent may fetch a path, and the rule that says so.
///
/// It says nothing about what may be done with the page: an `Allow` of crawling is no grant of any use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access<'a> {
    /// [`Stance::Allowed`] or [`Stance::Disallowed`]; what no rule speaks of is allowed (RFC 9309, section 2.2.2).
    pub stance: Stance,
    /// The rule that decided; `None` where none matches.
    pub rule: Option<RuleRef<'a>>,
}

/// A rule as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleRef<'a> {
    /// Its line, from 1.
    pub line: u32,
    /// The name that the group was chosen by, as written there.
    pub group: &'a str,
    /// The rule without its comment, cut to the limit that the parser was given.
    pub raw: &'a str,
    /// Where the rule stands in the file, in bytes.
    pub at_bytes: (u64, u64),
}

/// Where something stands in the file, and its evidence.
#[derive(Debug, Clone)]
struct Found {
    line: u32,
    at_bytes: (u64, u64),
    raw: Range<usize>,
}

/// An `Allow` or `Disallow` line.
#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    allows: bool,
    found: Found,
}

/// A `Content-Usage` or `Content-Signal` line.
#[derive(Debug, Clone)]
struct Usage {
    kind: SignalKind,
    pattern: Pattern,
    preferences: Vec<Preference>,
    found: Found,
}

/// The lines after one run of `User-agent` lines.
#[derive(Debug, Clone)]
struct Group {
    rules: Range<usize>,
    usages: Range<usize>,
}

/// A name that groups are chosen by.
#[derive(Debug, Clone)]
struct Named {
    /// The product token as first written.
    token: String,
    /// Its groups, which count as one (RFC 9309, section 2.2.1).
    groups: Vec<usize>,
    /// What the agent table knows of it.
    agent: Option<Arc<Agent>>,
}

impl RobotsTxt {
    /// Whether the file was longer than the limit and its end was not read.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    fn named(&self, agent: &str) -> Option<&Named> {
        self.named.iter().find(|named| named.token.eq_ignore_ascii_case(agent))
    }

    fn raw(&self, found: &Found) -> &str {
        self.raw.get(found.raw.clone()).unwrap_or_default()
    }
}
