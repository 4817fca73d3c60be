use std::time::Duration;

use sayso_core::{Sha256, Timestamp};
use sayso_registry::deletion::DeletionReceipt;
use sayso_registry::entry::{Deletion, DeletionCause};

use super::open::{Inner, Studio, after};
use super::room::locked;

/// A deletion that was made a moment ago.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What the log says of it.
    pub deletion: Deletion,
    /// What opens it, with the proof once it is on the log.
    pub receipt: DeletionReceipt,
    /// When this is forgotten.
    pub(super) forgotten_at: Timestamp,
}

/// How long a receipt can be fetched after a deletion; it lies in memory alone.
const FETCHED: Duration = Duration::from_secs(3_600);
/// How long before its time a training is stopped, so that its last step is over by then.
const LAST_STEPS: Duration = Duration::from_secs(60);

impl Studio {
    /// The receipt of a session that was deleted a moment ago.
    #[must_use]
    pub fn ended(&self, token: &Sha256) -> Option<Ended> {
        self.inner.room().ended.get(token).cloned()
    }

    /// Forgets such a receipt at once: whoever has it needs it here no more.
    pub fn forget(&self, token: &Sha256) {
        self.inner.room().ended.remove(token);
    }

    /// Looks at the clock, and does what is due. The studio does so by itself, too.
    pub fn sweep(&self) {
        self.inner.sweep();
    }
}

impl Inner {
    pub(super) fn forget_at(&self) -> Timestamp {
        after(self.now(), FETCHED)
    }

    /// Looks at the clock until the studio is closed.
    pub(super) fn keep_time(&self, tick: Duration) {
        loop {
            let room = self.room();
            if room.is_closing {
                return;
            }
            let waited = self.bell.wait_timeout(room, tick);
            drop(waited.unwrap_or_else(std::sync::PoisonError::into_inner));
            self.sweep();
        }
    }

    pub(super) fn sweep(&self) {
        let now = self.now();
        let sessions: Vec<_> = {
            let mut room = self.room();
            room.ended.retain(|_, ended| ended.forgotten_at > now);
            room.sessions.iter().map(|(token, session)| (*token, std::sync::Arc::clone(session))).collect()
        };
        for (token, session) in sessions {
            // Whoever is bringing a picture or having one checked holds it: it is looked at again in a moment.
            let Ok(mut session) = session.try_lock() else { continue };
            let keeping = &self.options.keeping;
            if session.is_busy() {
                session.seen_at = now;
                let last = LAST_STEPS.min(keeping.most / 10);
                if after(now, last) >= session.ends_at {
                    self.stop_work(&token, &mut session);
                }
            }
            let is_idle = keeping.idle.is_some_and(|idle| after(session.seen_at, idle) <= now);
            let due = match session.closing {
                Some(cause) => Some(cause),
                None if session.ends_at <= now => Some(DeletionCause::Expired),
                None => is_idle.then_some(DeletionCause::Idle),
            };
            drop(session);
            if let Some(cause) = due {
                // What cannot be deleted is tried again at the next look.
                let _ = self.delete(&token, cause);
            }
        }
        self.log_what_was_not();
    }

    /// Writes on the log what could not be written before.
    fn log_what_was_not(&self) {
        let unlogged = std::mem::take(&mut self.room().unlogged);
        for one in unlogged {
            match self.write_deletion(one.deletion, true) {
                Ok(proof) => {
                    if let Some(place) = &one.place {
                        let _ = fs_err::remove_file(place);
                    }
                    let mut room = self.room();
                    if let Some(ended) = one.session.and_then(|token| room.ended.get_mut(&token)) {
                        ended.receipt.proof = Some(proof);
                    }
                }
                Err(_) => self.room().unlogged.push(one),
            }
        }
    }

    /// Whether a session is being deleted, or was.
    pub(super) fn is_closing(&self, token: &Sha256) -> bool {
        let session = self.room().sessions.get(token).cloned();
        session.is_some_and(|session| locked(&session).closing.is_some())
    }
}
