use std::time::Duration;

use sayso_core::Timestamp;

use super::open::Inner;
use super::options::Keeping;
use super::room::{Room, Seat};
use super::session::Session;

/// Where somebody asks from: sessions of one network are counted together. Which number stands for which network only the caller
/// knows, and it need not outlive the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(pub u64);

impl Inner {
    /// How long to wait until one of a network's sessions is over at the latest, if it has as many as it may.
    pub(super) fn is_crowded(&self, room: &Room, network: Option<Network>) -> Option<Duration> {
        let network = network?;
        let own: Vec<&Seat> = room.sessions.values().filter(|seat| seat.network == Some(network)).collect();
        if own.len() < self.options.limits.from_network {
            return None;
        }
        let now = self.now();
        let ends = own.iter().map(|seat| match seat.session.try_lock() {
            Ok(session) => session.over_at(&self.options.keeping, now),
            // Somebody is at it this moment.
            Err(_) => seat.ends_at,
        });
        let micros = ends.min().unwrap_or(now).as_micros().saturating_sub(now.as_micros());
        Some(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
    }
}

impl Session {
    /// When it is over if nobody comes any more.
    fn over_at(&self, keeping: &Keeping, now: Timestamp) -> Timestamp {
        let seen_at = if self.is_busy() { now } else { self.seen_at };
        let idle = keeping.idle.map(|idle| super::open::after(seen_at, idle));
        idle.map_or(self.ends_at, |idle| idle.min(self.ends_at))
    }
}
