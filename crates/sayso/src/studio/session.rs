use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sayso_core::Timestamp;
use sayso_registry::claim::UseKind;
use sayso_registry::deletion::Contents;
use sayso_registry::entry::{DeletionCause, SALT_BYTES};

use super::delete::Intent;
use super::folder::Folder;
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
    /// Stops what is at work.
    pub(super) stop: Arc<AtomicBool>,
    /// Why it is about to be deleted.
    pub(super) closing: Option<DeletionCause>,
    /// Whether its folder is gone.
    pub(super) is_gone: bool,
    /// What the entry of its deletion will say, from the first try on.
    pub(super) intent: Option<(Intent, Contents)>,
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
    /// Whether it is at work or waits for its turn.
    pub(super) fn is_busy(&self) -> bool {
        self.making.is_some() || self.run.as_ref().is_some_and(|run| run.stage.is_going())
    }
}
