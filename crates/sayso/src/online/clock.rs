use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sayso_core::Timestamp;

/// Says what time it is, and waits. Tests bring one of their own.
pub trait Clock: Debug + Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Lets time pass.
    fn wait(&self, time: Duration);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(micros(since))
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// A duration as timestamps count.
pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
