use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sayso_core::Sha256;

use super::error::StudioError;
use super::leftover::Unlogged;
use super::open::Inner;
use super::session::Session;
use super::sweep::Ended;
use super::work::Job;

/// What a studio has in memory: nothing of it outlives the program.
#[derive(Default)]
pub(super) struct Room {
    /// Sessions by the hash of their token.
    pub(super) sessions: HashMap<Sha256, Arc<Mutex<Session>>>,
    /// What waits for its turn, the next first.
    pub(super) waiting: VecDeque<Job>,
    /// Whose work is being done.
    pub(super) at_work: Option<Sha256>,
    /// Deletions whose receipts can still be fetched.
    pub(super) ended: HashMap<Sha256, Ended>,
    /// Deletions that could not be written on the log yet.
    pub(super) unlogged: Vec<Unlogged>,
    /// Whether the studio is closing.
    pub(super) is_closing: bool,
}

/// A lock, whoever held it last.
pub(super) fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    pub(super) fn room(&self) -> MutexGuard<'_, Room> {
        locked(&self.room)
    }

    /// The session of a token's hash.
    pub(super) fn session(&self, token: &Sha256) -> Result<Arc<Mutex<Session>>, StudioError> {
        self.room().sessions.get(token).cloned().ok_or(StudioError::Over)
    }

    /// Does something with a session that is still open, and notes that somebody is there.
    pub(super) fn with<T>(
        &self,
        token: &Sha256,
        act: impl FnOnce(&mut Session) -> Result<T, StudioError>,
    ) -> Result<T, StudioError> {
        let session = self.session(token)?;
        let mut session = locked(&session);
        if session.is_gone || session.closing.is_some() {
            return Err(StudioError::Over);
        }
        session.seen_at = self.now();
        act(&mut session)
    }
}
