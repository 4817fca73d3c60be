//! A portfolio's report: what of somebody's pictures is in datasets now, what is claimed of it, and what was taken out because
//! of those claims, with the receipts that prove it.
//!
//! Nothing is guessed. That a picture is like another is no proof of who took what from whom; that a sample was taken out
//! because of a claim says nothing of which picture it was, but that the claim is on one's own.

mod claimed;
mod commands;
mod gather;
mod number;
mod removed;
mod speak;
mod steps;
mod steps_receipts;
mod work;

use std::collections::BTreeMap;

use sayso_core::{ReasonCode, RegistryHead, Timestamp, Uid};
use sayso_registry::claim::ClaimState;
use serde::Serialize;

pub use gather::{PortfolioOptions, gather};
pub use number::Numbers;
pub(crate) use removed::snapshot_of;
pub use speak::ReceiptStanding;
pub use steps::{NextStep, StepKind};
pub use work::{CopyVerdict, FoundCopy, Held, Work};

/// The version of the form in JSON.
pub const PORTFOLIO_VERSION: u64 = 1;

/// All that is known of a portfolio.
#[derive(Debug, Clone, Serialize)]
pub struct Portfolio {
    /// `sayso-portfolio`.
    pub format: &'static str,
    /// [`PORTFOLIO_VERSION`].
    pub version: u64,
    /// The datasets that were looked through.
    pub datasets: Vec<LookedThrough>,
    /// The head of the registry, where one was named.
    pub registry_head: Option<RegistryHead>,
    /// What was found, in numbers.
    pub numbers: Numbers,
    /// What could be done next.
    pub next_steps: Vec<NextStep>,
    /// One's own pictures, in the order in which they were named.
    pub pictures: Vec<Work>,
    /// Every claim that is spoken of, by its number.
    pub claims: BTreeMap<u64, ToldClaim>,
    /// What was taken out because of them, by claim, and then in the order of the datasets.
    pub removed: Vec<Removed>,
    /// What was read of receipts.
    pub receipts: ReceiptsRead,
    /// What could not be read.
    pub bad: Vec<Bad>,
}

/// A dataset that was looked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookedThrough {
    /// Its name.
    pub name: String,
    /// The snapshot.
    pub snapshot: u64,
    /// Samples in it.
    pub samples: u64,
    /// Those of which a picture was hashed that shows enough: only they can be found.
    pub hashed: u64,
}

/// A claim that is spoken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldClaim {
    /// Where it stands; none of one that holds for nothing any more, or that the registry does not have.
    pub state: Option<ClaimState>,
    /// What it is about, as long as that is known.
    pub subject: Option<String>,
    /// What is wanted of each use.
    pub preferences: BTreeMap<&'static str, &'static str>,
    /// Samples that were taken out because of it, in all datasets.
    pub removed: u64,
}

/// A sample that was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// The claim because of which.
    pub claim: u64,
    /// The dataset.
    pub dataset: String,
    /// The sample's identity; nothing else is left of it.
    pub uid: Uid,
    /// The first snapshot without it; none where it was taken out of an earlier dataset and kept out of this one.
    pub snapshot: Option<u64>,
    /// When.
    pub removed_at: Timestamp,
    /// The code of what the claim said.
    pub reason: ReasonCode,
    /// What the receipts say that were given.
    pub receipt: ReceiptStanding,
}

/// What was read of receipts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReceiptsRead {
    /// Receipts that were read.
    pub read: u64,
    /// Those that speak of other samples or datasets than were taken out here.
    pub about_others: u64,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bad {
    /// The stable name of what is wrong.
    pub kind: &'static str,
    /// Where.
    pub place: String,
    /// What, in words.
    pub message: String,
}
