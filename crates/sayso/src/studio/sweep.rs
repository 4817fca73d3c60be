use std::sync::atomic::Ordering;
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
        let (sessions, at_work): (Vec<_>, _) = {
            let mut room = self.room();
            room.ended.retain(|_, ended| ended.forgotten_at > now);
            (room.sessions.iter().map(|(token, seat)| (*token, seat.clone())).collect(), room.at_work)
        };
        let keeping = &self.options.keeping;
        for (token, seat) in sessions {
            // Told past the lock: whoever judges pictures holds that, for as long as there are pictures.
            if seat.ends_at <= now {
                seat.signs.end();
            } else if at_work == Some(token) && after(now, LAST_STEPS.min(keeping.most / 10)) >= seat.ends_at {
                seat.signs.stop.store(true, Ordering::Relaxed);
            }
            // Whoever is bringing a picture or having one checked holds it: it is looked at again in a moment.
            let Ok(mut session) = seat.session.try_lock() else { continue };
            if session.is_busy() {
                session.seen_at = now;
                // A step cannot be cut in half: one that takes long is the last one earlier.
                let last = LAST_STEPS.max(session.longest_step * 2).min(keeping.most / 10);
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
    pub(super) fn log_what_was_not(&self) {
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
        self.seat(token).is_ok_and(|seat| seat.signs.is_over() || locked(&seat.session).closing.is_some())
    }
}
