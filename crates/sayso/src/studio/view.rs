use sayso_core::{Reason, Stance, Timestamp};

use super::consent::Shown;
use super::workshop::LossAt;
use crate::training::Ask;
use sayso_registry::claim::UseKind;

/// A session as a page shows it.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// When it began.
    pub made_at: Timestamp,
    /// When everything in it is deleted, at the latest.
    pub ends_at: Timestamp,
    /// The pictures that were brought.
    pub uploads: Vec<UploadView>,
    /// Whether nothing was ever brought.
    pub is_untouched: bool,
    /// Bytes that may still be brought.
    pub room_bytes: u64,
    /// Who is shown, if that was answered.
    pub shown: Option<Shown>,
    /// What the adapter is for.
    pub use_kind: UseKind,
    /// The training.
    pub run: Option<RunView>,
    /// The drawing that is at work or waits.
    pub making: Option<MakingView>,
    /// Why the last drawing came to nothing.
    pub made_fault: Option<String>,
    /// The pictures that were made.
    pub made: Vec<MadeView>,
    /// Pictures that were made and thrown away, since they were copies of what was learned.
    pub copies: usize,
    /// Whether it is being deleted.
    pub is_closing: bool,
}

/// A picture that was brought.
#[derive(Debug, Clone)]
pub struct UploadView {
    /// Its number, by which it is asked for.
    pub number: u32,
    /// What it was called where it came from.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// What it shows, where that was said of it alone.
    pub caption: String,
    /// What the check came to.
    pub outcome: CheckOutcome,
}

/// What the check of a picture came to.
#[derive(Debug, Clone)]
pub enum CheckOutcome {
    /// It says yes.
    Taken(TakenPicture),
    /// It is not learned from.
    Refused(Box<RefusedPicture>),
}

/// A picture that says yes.
#[derive(Debug, Clone)]
pub struct TakenPicture {
    /// Why, in one sentence.
    pub why: String,
    /// Every reason of the verdict.
    pub reasons: Vec<Reason>,
    /// Whether it is the word of whoever brought it, written into the copy that is learned.
    pub is_own_word: bool,
}

/// A picture that is not learned from.
#[derive(Debug, Clone)]
pub struct RefusedPicture {
    /// The stable name of the kind of refusal.
    pub kind: &'static str,
    /// The verdict.
    pub stance: Stance,
    /// Why, in one sentence.
    pub why: String,
    /// Every reason of the verdict.
    pub reasons: Vec<Reason>,
    /// What would change it.
    pub changes: Vec<String>,
    /// Whom to ask, and in which words.
    pub ask: Option<Ask>,
    /// Whether nothing at all is said of it, so that whoever made it can say yes here.
    pub can_be_stated: bool,
}

/// How far a training is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunStage {
    /// It waits, behind so many others.
    Waiting {
        /// How many are before it.
        before: usize,
    },
    /// Pictures are prepared.
    Preparing {
        /// How many are done.
        done: usize,
        /// Of how many.
        all: usize,
    },
    /// Steps are made.
    Going,
    /// It is told to stop, and does after its step.
    Stopping,
    /// The weights are there.
    Trained,
    /// It was stopped.
    Stopped,
    /// It failed.
    Failed(String),
}

impl RunStage {
    /// Whether there is more to come.
    #[must_use]
    pub const fn is_going(&self) -> bool {
        matches!(self, Self::Waiting { .. } | Self::Preparing { .. } | Self::Going | Self::Stopping)
    }
}

/// A training.
#[derive(Debug, Clone)]
pub struct RunView {
    /// What the adapter is called.
    pub title: String,
    /// How far it is.
    pub stage: RunStage,
    /// Steps that are made.
    pub step: usize,
    /// All of them.
    pub steps: usize,
    /// Losses.
    pub losses: Vec<LossAt>,
    /// Pictures on the way.
    pub samples: Vec<SampleView>,
    /// Pictures that are learned from.
    pub taken: usize,
    /// Pairs of a setting and its value.
    pub settings: Vec<(&'static str, String)>,
}

/// A picture on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleView {
    /// After how many steps.
    pub step: usize,
    /// Of which prompt.
    pub prompt: String,
}

/// A drawing that is at work or waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakingView {
    /// Of what.
    pub prompt: String,
    /// How many are before it; `None` where it is at work.
    pub before: Option<usize>,
    /// Steps that are made.
    pub done: usize,
    /// Of how many.
    pub all: usize,
}

/// A picture that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeView {
    /// Its number, by which it is asked for.
    pub number: usize,
    /// Of what.
    pub prompt: String,
    /// The noise.
    pub seed: u32,
    /// In how many of 256 bits it differs from the nearest picture of the training, where that can be said.
    pub nearest: Option<u32>,
}
