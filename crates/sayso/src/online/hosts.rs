use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sayso_core::Timestamp;

use super::clock::{Clock, micros};
use super::realm::Right;

/// The longest pause that a robots.txt can ask for; sites that ask for an hour mean that nobody should come.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The longest rest that is believed to another machine, which is that for which a server may ask.
const LONGEST_REST: Duration = Duration::from_secs(300);

/// Hosts that are remembered; beyond that those are forgotten that no pause concerns any more.
const KEPT: usize = 16 << 10;

/// Keeps requests to one host apart: one at a time, and a pause between two.
#[derive(Debug)]
pub(super) struct Hosts {
    clock: Arc<dyn Clock>,
    pause: Duration,
    turns: Mutex<HashMap<String, Arc<Host>>>,
}

/// One host.
#[derive(Debug)]
struct Host {
    /// Held during requests.
    turn: Mutex<()>,
    /// When the last request ended.
    ended_at: Mutex<Option<Timestamp>>,
    pause: Mutex<Duration>,
}

impl Host {
    /// Whether a pause may still be running.
    fn is_waited_for(&self, now: Timestamp) -> bool {
        !self.rest(now).is_zero()
    }

    /// What is left of the pause behind the last request. A clock that was set back makes nobody wait longer than that.
    fn rest(&self, now: Timestamp) -> Duration {
        let Some(ended_at) = *lock(&self.ended_at) else { return Duration::ZERO };
        let passed = now.as_micros().saturating_sub(ended_at.as_micros()).max(0);
        lock(&self.pause).saturating_sub(Duration::from_micros(passed.unsigned_abs()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hosts {
    pub(super) fn new(clock: Arc<dyn Clock>, pause: Duration) -> Self {
        Self { clock, pause, turns: Mutex::default() }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = lock(&self.turns);
        if let Some(host) = hosts.get(name) {
            return Arc::clone(host);
        }
        if hosts.len() >= KEPT {
            let now = self.clock.now();
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.is_waited_for(now));
        }
        let (turn, ended_at) = (Mutex::default(), Mutex::default());
        let host = Arc::new(Host { turn, ended_at, pause: Mutex::new(self.pause) });
        hosts.insert(name.to_owned(), Arc::clone(&host));
        host
    }

    /// Runs `request` when it is its turn at the host.
    pub(super) fn in_turn<T>(&self, name: &str, right: &Right, request: impl FnOnce() -> T) -> T {
        let host = self.host(name);
        let _turn = lock(&host.turn);
        let rest = host.rest(self.clock.now()).max(self.others_rest(name, right));
        if !rest.is_zero() {
            self.clock.wait(rest);
        }
        let result = request();
        *lock(&host.ended_at) = Some(self.clock.now());
        let pause = *lock(&host.pause);
        self.note(name, right, pause);
        result
    }

    /// How long a host still rests.
    pub(super) fn rest_at(&self, name: &str, right: &Right) -> Duration {
        let host = lock(&self.turns).get(name).map(Arc::clone);
        let rest = host.map_or(Duration::ZERO, |host| host.rest(self.clock.now()));
        rest.max(self.others_rest(name, right))
    }

    /// How long it still rests by what others have noted: within reason, since another machine's clock may be wrong.
    fn others_rest(&self, name: &str, right: &Right) -> Duration {
        let until = right.as_ref().and_then(|rests| rests.until(name));
        let rest = until.map_or(0, |until| until.as_micros().saturating_sub(self.clock.now().as_micros()).max(0));
        Duration::from_micros(rest.unsigned_abs()).min(LONGEST_REST)
    }

    /// Notes for others that a host rests.
    pub(super) fn note(&self, name: &str, right: &Right, rest: Duration) {
        if let Some(rests) = right
            && !rest.is_zero()
        {
            let until = self.clock.now().as_micros().saturating_add(micros(rest));
            let slowed = Some(self.pause_at(name)).filter(|pause| *pause > self.pause);
            rests.note(name, Timestamp::from_micros(until), slowed);
        }
    }

    /// The pause between two requests to a host.
    pub(super) fn pause_at(&self, name: &str) -> Duration {
        lock(&self.turns).get(name).map_or(self.pause, |host| *lock(&host.pause))
    }

    /// Makes the pauses at a host at least this long, within reason.
    pub(super) fn slow_down(&self, name: &str, pause: Duration) {
        let host = self.host(name);
        let mut known = lock(&host.pause);
        *known = (*known).max(pause.min(LONGEST_PAUSE));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use sayso_core::Timestamp;

    use super::{Clock, Hosts, micros};

    /// A clock on which time passes only by waiting.
    #[derive(Debug, Default)]
    struct StillClock {
        waits: Mutex<Vec<Duration>>,
    }

    impl Clock for StillClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(micros(self.waits.lock().unwrap().iter().sum()))
        }

        fn wait(&self, time: Duration) {
            self.waits.lock().unwrap().push(time);
        }
    }

    #[test]
    fn there_is_a_pause_between_two_requests_to_a_host_and_none_between_hosts() {
        let clock = Arc::new(StillClock::default());
        let hosts = Hosts::new(clock.clone(), Duration::from_secs(1));
        let second = Duration::from_secs(1);
        hosts.in_turn("a.example", &None, || ());
        hosts.in_turn("b.example", &None, || ());
        assert!(clock.waits.lock().unwrap().is_empty());
        hosts.in_turn("a.example", &None, || ());
        // While that one waited, the other's pause went by.
        hosts.in_turn("b.example", &None, || ());
        assert_eq!(*clock.waits.lock().unwrap(), [second]);
        hosts.slow_down("a.example", Duration::from_secs(7));
        hosts.slow_down("a.example", Duration::from_secs(2));
        hosts.in_turn("a.example", &None, || ());
        hosts.slow_down("a.example", Duration::from_secs(86400));
        hosts.in_turn("a.example", &None, || ());
        assert_eq!(*clock.waits.lock().unwrap(), [second, 7 * second, 30 * second]);
    }

    #[test]
    fn hosts_are_forgotten_when_their_pause_is_over() {
        let clock = Arc::new(StillClock::default());
        let hosts = Hosts::new(clock.clone(), Duration::from_secs(1));
        for number in 0..super::KEPT {
            hosts.in_turn(&format!("{number}.example"), &None, || ());
        }
        hosts.in_turn("one.example", &None, || ());
        assert_eq!(hosts.turns.lock().unwrap().len(), super::KEPT + 1);
        clock.wait(Duration::from_secs(1));
        hosts.in_turn("another.example", &None, || ());
        assert_eq!(hosts.turns.lock().unwrap().len(), 1);
    }

    #[test]
    fn one_request_at_a_time_to_a_host() {
        let hosts = Hosts::new(Arc::new(StillClock::default()), Duration::ZERO);
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        hosts.in_turn("a.example", &None, || {
                            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                            std::thread::yield_now();
                            running.fetch_sub(1, Ordering::SeqCst);
                        });
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
