use std::collections::BTreeMap;

use sayso_picture::PictureFaultKind;

use crate::check::{Fault, FaultKind};

/// What can be wrong with what somebody looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchFaultKind {
    /// A picture cannot be decoded.
    Picture(PictureFaultKind),
    /// A file or folder cannot be read.
    Unreadable,
    /// A link to a folder, or to nothing, is not followed.
    Link,
    /// What should be a hash is none.
    NoHash,
}

impl MatchFaultKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Picture(kind) => kind.as_str(),
            Self::Unreadable => "unreadable",
            Self::Link => "link",
            Self::NoHash => "no-hash",
        }
    }
}

/// Something wrong with what somebody looks for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchFault {
    /// Of what kind.
    pub kind: MatchFaultKind,
    /// The file.
    pub place: String,
    /// What is wrong, in words.
    pub message: String,
}

impl MatchFault {
    /// A file, or what lies in one, that cannot be read.
    pub(super) fn unreadable(place: String, error: &impl std::fmt::Display) -> Self {
        Self { kind: MatchFaultKind::Unreadable, place, message: error.to_string() }
    }
}

impl From<Fault> for MatchFault {
    /// What was met on the way to pictures.
    fn from(fault: Fault) -> Self {
        let Fault { kind, place, message } = fault;
        let kind = if kind == FaultKind::Link { MatchFaultKind::Link } else { MatchFaultKind::Unreadable };
        Self { kind, place, message }
    }
}

/// Faults counted by kind, with the first few of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchFaults(BTreeMap<MatchFaultKind, (u64, Vec<MatchFault>)>);

/// Examples that are kept of each kind; the count goes on.
const EXAMPLES: usize = 10;

impl MatchFaults {
    /// Counts one.
    pub fn add(&mut self, fault: MatchFault) {
        let (count, examples) = self.0.entry(fault.kind).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(fault);
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every kind that was met, how often, and the first of it.
    pub fn iter(&self) -> impl Iterator<Item = (MatchFaultKind, u64, &[MatchFault])> {
        self.0.iter().map(|(kind, (count, examples))| (*kind, *count, examples.as_slice()))
    }
}
