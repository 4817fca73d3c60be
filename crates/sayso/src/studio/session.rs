use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sayso_core::Timestamp;
use sayso_registry::claim::{ClaimId, UseKind};
use sayso_registry::deletion::Contents;
use sayso_registry::entry::{DeletionCause, SALT_BYTES};

use super::delete::Intent;
use super::folder::Folder;
use super::room::Signs;
use super::view::{CheckOutcome, MadeView, MakingView, RunView};
use crate::training::Depicts;

/// A session, as the studio has it in memory. Its token is not here: only its hash is known, by which it is found.
pub(super) struct Session {
    pub(super) folder: Folder,
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) made_at: Timestamp,
    pub(super) ends_at: Timestamp,
    /// When somebody last asked for it.
    pub(super) seen_at: Timestamp,
    pub(super) uploads: Vec<Upload>,
    /// The number of the next picture.
    pub(super) next: u32,
    /// Who is shown, once that was answered; and what for.
    pub(super) depicts: Option<Depicts>,
    pub(super) use_kind: UseKind,
    /// Claims of which whoever brings the pictures has shown that they are theirs.
    pub(super) own_claims: BTreeSet<ClaimId>,
    pub(super) run: Option<RunView>,
    /// Where the pictures on the way lie.
    pub(super) samples: Vec<PathBuf>,
    /// Where the adapter lies, once there is one.
    pub(super) adapter: Option<PathBuf>,
    pub(super) making: Option<MakingView>,
    pub(super) made: Vec<MadeView>,
    /// Pictures that were made and not kept, since they are copies.
    pub(super) copies: usize,
    /// What the last drawing failed with.
    pub(super) made_fault: Option<String>,
    /// The weights and what was made as one file without a name, once somebody fetched it and until something else is made.
    pub(super) bundle: Option<Arc<File>>,
    /// When the last step was over, and how long the longest took.
    pub(super) stepped_at: Option<Timestamp>,
    pub(super) longest_step: Duration,
    /// What is told past this session's lock.
    pub(super) signs: Arc<Signs>,
    /// Why it is about to be deleted.
    pub(super) closing: Option<DeletionCause>,
    /// Whether its folder is gone.
    pub(super) is_gone: bool,
    /// What the entry of its deletion will say, from the first try on.
    pub(super) intent: Option<Intended>,
}

/// What the entry of a deletion will say, and where that is written down.
#[derive(Clone)]
pub(super) struct Intended {
    pub(super) intent: Intent,
    pub(super) contents: Contents,
    pub(super) place: Option<PathBuf>,
}

/// A picture that somebody brought.
pub(super) struct Upload {
    pub(super) number: u32,
    /// What it was called, for whoever brought it to know it again. No path is made of it.
    pub(super) name: String,
    /// The name of its file here.
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) caption: String,
    /// The name of whoever says that they made it and agree.
    pub(super) stated: Option<String>,
    pub(super) outcome: CheckOutcome,
}

impl Session {
    /// Whether nothing was ever brought: then there is nothing whose deletion could be told.
    pub(super) const fn is_untouched(&self) -> bool {
        self.next == 1
    }

    /// Whether it is at work or waits for its turn.
    pub(super) fn is_busy(&self) -> bool {
        self.making.is_some() || self.run.as_ref().is_some_and(|run| run.stage.is_going())
    }
}
