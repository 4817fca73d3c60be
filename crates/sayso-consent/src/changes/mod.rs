//! What would change a decision: what would have to be said, or no longer be said, for it to be the other one.

mod said;
mod search;

use std::fmt;

use sayso_core::{Reason, UsageCategory};
use serde::Serialize;

use crate::sentence;
use crate::sentence::in_words;

pub use search::changes;

/// One change after which the decision is the other one. Nothing smaller of its kind would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// All of these statements go.
    ///
    /// Where the subject is refused, each of them may as well turn into a grant of the purpose.
    Withdrawal {
        /// The statements.
        withdrawn: Vec<Standing>,
    },
    /// A use is granted, by the page, its site or the picture's file.
    Grant {
        /// Any one of these: the purpose, and what implies it.
        uses: Vec<UsageCategory>,
        /// What must go besides.
        withdrawn: Vec<Standing>,
    },
    /// A free licence is stated.
    FreeLicence {
        /// What must go besides.
        withdrawn: Vec<Standing>,
    },
    /// A use is reserved, by whomever.
    Reservation {
        /// Any one of these: the purpose, what implies it, or a part of it that may not be missing.
        uses: Vec<UsageCategory>,
    },
    /// A licence that is not a free one is stated beside the free one.
    OtherLicence,
}

/// A statement that stands in the way, or that the decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Which one of the statements that were asked about, from 0.
    pub at: usize,
    /// What it says of the purpose, and where it stands.
    pub reason: Reason,
}

impl Change {
    /// The statements that have to go.
    #[must_use]
    pub fn withdrawn(&self) -> &[Standing] {
        match self {
            Self::Withdrawal { withdrawn } | Self::Grant { withdrawn, .. } | Self::FreeLicence { withdrawn } => {
                withdrawn
            }
            Self::Reservation { .. } | Self::OtherLicence => &[],
        }
    }
}

/// One plain English sentence, in lower case and without a full stop.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Withdrawal { withdrawn } => return write_withdrawn(f, withdrawn),
            Self::Grant { uses, .. } => {
                write_uses(f, uses)?;
                f.write_str(" would have to be granted, by the page, its site or the picture's file")?;
            }
            Self::FreeLicence { .. } => {
                f.write_str("a free licence (CC0, CC BY or public domain) would have to be stated")?;
            }
            Self::Reservation { uses } => {
                write_uses(f, uses)?;
                f.write_str(" would have to be reserved, by whomever")?;
            }
            Self::OtherLicence => {
                f.write_str("a licence that is not a free one would have to be stated beside the free one")?;
            }
        }
        if self.withdrawn().is_empty() {
            return Ok(());
        }
        f.write_str("; and ")?;
        write_withdrawn(f, self.withdrawn())
    }
}

fn write_withdrawn(f: &mut fmt::Formatter<'_>, withdrawn: &[Standing]) -> fmt::Result {
    match withdrawn.len() {
        1 => f.write_str("this statement would have to go: ")?,
        count => write!(f, "all of these {count} statements would have to go: ")?,
    }
    for (number, standing) in withdrawn.iter().enumerate() {
        let separator = if number == 0 { "" } else { "; " };
        write!(f, "{separator}{}", sentence(&standing.reason))?;
    }
    Ok(())
}

fn write_uses(f: &mut fmt::Formatter<'_>, uses: &[UsageCategory]) -> fmt::Result {
    if uses.len() > 1 {
        f.write_str("one of these uses: ")?;
    }
    for (number, &category) in uses.iter().enumerate() {
        let separator = match number {
            0 => "",
            _ if number + 1 == uses.len() => " or ",
            _ => ", ",
        };
        write!(f, "{separator}{}", in_words(category))?;
    }
    if uses.len() > 1 { f.write_str(",") } else { Ok(()) }
}
