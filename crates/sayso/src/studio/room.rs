use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sayso_core::{Sha256, Timestamp};

use super::error::StudioError;
use super::leftover::Unlogged;
use super::network::Network;
use super::open::Inner;
use super::session::Session;
use super::sweep::Ended;
use super::work::Job;

/// What a studio has in memory: nothing of it outlives the program.
#[derive(Default)]
pub(super) struct Room {
    /// Sessions by the hash of their token.
    pub(super) sessions: HashMap<Sha256, Seat>,
    /// What waits for its turn, in the order in which it came.
    pub(super) waiting: VecDeque<Job>,
    /// Whose work is being done.
    pub(super) at_work: Option<Sha256>,
    /// From which network it was asked for, or what was done last.
    pub(super) last: Option<Network>,
    /// Deletions whose receipts can still be fetched.
    pub(super) ended: HashMap<Sha256, Ended>,
    /// Deletions that could not be written on the log yet.
    pub(super) unlogged: Vec<Unlogged>,
    /// Whether nobody is taken in any more, and nothing begun.
    pub(super) is_ending: bool,
    /// Whether the studio is closing.
    pub(super) is_closing: bool,
}

/// A session, and what can be told of it and to it without its lock, which whoever judges pictures holds for long.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) session: Arc<Mutex<Session>>,
    pub(super) signs: Arc<Signs>,
    pub(super) ends_at: Timestamp,
    pub(super) network: Option<Network>,
}

/// What a session's work is told past its lock.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// Ends the training or drawing that is at work.
    pub(super) stop: AtomicBool,
    /// The session is over: whoever judges its pictures, or hands them out, ends.
    pub(super) over: AtomicBool,
}

impl Signs {
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Tells everything to end.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.stop.store(true, Ordering::Relaxed);
    }
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
        self.seat(token).map(|seat| seat.session)
    }

    /// The same, with what is told past its lock.
    pub(super) fn seat(&self, token: &Sha256) -> Result<Seat, StudioError> {
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
        if session.is_gone || session.closing.is_some() || session.signs.is_over() {
            return Err(StudioError::Over);
        }
        session.seen_at = self.now();
        act(&mut session)
    }
}
