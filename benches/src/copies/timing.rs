//! How long something takes, each time.

use std::fmt;
use std::time::Duration;

/// The times that something took.
#[derive(Default)]
pub struct Timing(Vec<Duration>);

impl Timing {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut times = self.0.clone();
        times.sort_unstable();
        let at =
            |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
        write!(f, "p10 {:.1} ms, p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms", at(10), at(50), at(90), at(99))
    }
}
