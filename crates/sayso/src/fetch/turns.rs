//! Whose turn it is: hosts beside each other, and at each host few at a time with a rest behind each request.
//!
//! No thread sleeps for a host. Whoever is free takes the host that has rested longest, so that a few dozen threads serve
//! as many hosts as there are.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::kind::FetchKind;

/// Work for hosts, in turns.
pub(super) struct Turns<J> {
    state: Mutex<State<J>>,
    wake: Condvar,
    /// How many requests one host gets at the same time.
    connections: usize,
}

struct State<J> {
    hosts: HashMap<Arc<str>, Host<J>>,
    /// A place at a host, from when on it may be taken; equal times in the order in which they came.
    due: BinaryHeap<Reverse<(Instant, u64, Arc<str>)>>,
    number: u64,
    /// Until when somebody waits for the next place to be due; the others sleep until they are called.
    watched_until: Option<Instant>,
    /// Those who wait for a turn.
    idle: usize,
    is_over: bool,
}

struct Host<J> {
    jobs: VecDeque<J>,
    /// Places at the host that are taken, rest, or wait for a thread.
    places: usize,
    /// Nobody asks before: the host wants a longer rest than the one after a request.
    not_before: Instant,
    /// What is known of the servers at this host, by their origin: two ports of a machine are two servers.
    servers: HashMap<String, Server>,
}

#[derive(Default)]
struct Server {
    /// Pictures in a row that could not be had although they were asked for again.
    bad: u32,
    /// Why nothing more is asked of it.
    given_up: Option<FetchKind>,
}

/// Work that asks a server.
pub(super) trait Asks {
    /// The scheme, host and port that are asked.
    fn origin(&self) -> String;
}

impl<J> Host<J> {
    fn new(now: Instant) -> Self {
        Self { jobs: VecDeque::new(), places: 0, not_before: now, servers: HashMap::new() }
    }
}

/// One job whose turn it is.
pub(super) struct Turn<J> {
    pub(super) host: Arc<str>,
    pub(super) job: J,
    /// Why nothing is asked of the server any more: the job is only to be told so.
    pub(super) given_up: Option<FetchKind>,
}

/// Hosts that are remembered although nothing waits for them, because a server there was given up or failed.
const REMEMBERED: usize = 64 << 10;

/// Servers of one host that are remembered: nobody honest has as many.
const SERVERS: usize = 64;

/// Pictures in a row that a server may fail to give before it is given up.
const PATIENCE: u32 = 3;

impl<J: Asks> Turns<J> {
    pub(super) fn new(connections: usize) -> Self {
        let (hosts, due) = (HashMap::new(), BinaryHeap::new());
        let state = State { hosts, due, number: 0, watched_until: None, idle: 0, is_over: false };
        Self { state: Mutex::new(state), wake: Condvar::new(), connections: connections.max(1) }
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody has nothing to do for the moment.
    pub(super) fn has_idle(&self) -> bool {
        self.lock().idle > 0
    }

    /// Adds a job behind those that wait for the same host, which still rests for so long.
    pub(super) fn push(&self, host: &str, job: J, rest: Duration) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.hosts.len() >= REMEMBERED && !state.hosts.contains_key(host) {
            state.hosts.retain(|_, host| host.places > 0 || !host.jobs.is_empty());
        }
        let name = state.hosts.get_key_value(host).map_or_else(|| Arc::from(host), |(name, _)| Arc::clone(name));
        let host = state.hosts.entry(Arc::clone(&name)).or_insert_with(|| Host::new(now));
        host.jobs.push_back(job);
        host.not_before = host.not_before.max(now + rest);
        if host.places < self.connections.min(host.jobs.len().max(1)) {
            host.places += 1;
            state.place(now, name);
            self.wake.notify_one();
        }
    }

    /// The next job, once its host has rested; `None` when all is over.
    pub(super) fn next(&self) -> Option<Turn<J>> {
        let mut state = self.lock();
        state.idle += 1;
        loop {
            if state.is_over {
                return None;
            }
            let now = Instant::now();
            let due = state.due.peek().map(|Reverse((at, ..))| *at);
            state = match due {
                None => self.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
                // Dozens of threads that wake for one place would cost more than the requests.
                Some(at) if at > now && state.watched_until.is_some_and(|until| until <= at) => {
                    self.wake.wait(state).unwrap_or_else(PoisonError::into_inner)
                }
                Some(at) if at > now => {
                    state.watched_until = Some(at);
                    let (mut state, _) =
                        self.wake.wait_timeout(state, at - now).unwrap_or_else(PoisonError::into_inner);
                    state.watched_until = None;
                    state
                }
                Some(_) => match state.take(now) {
                    Some(turn) => {
                        state.idle -= 1;
                        // Somebody else has to watch for the next place now.
                        self.wake.notify_one();
                        return Some(turn);
                    }
                    None => state,
                },
            };
        }
    }

    /// Gives a place back, which rests for a while.
    pub(super) fn done(&self, host: &Arc<str>, rest: Duration) {
        let mut state = self.lock();
        state.place(Instant::now() + rest, Arc::clone(host));
        self.wake.notify_one();
    }

    /// Puts a job first again, and lets the host rest before it is asked.
    pub(super) fn again(&self, host: &Arc<str>, job: J, rest: Duration) {
        let mut state = self.lock();
        let at = Instant::now() + rest;
        if let Some(known) = state.hosts.get_mut(host) {
            known.jobs.push_front(job);
            known.not_before = known.not_before.max(at);
        }
        state.place(at, Arc::clone(host));
        self.wake.notify_one();
    }

    /// Tells what became of a request to a server of this host, whose place is still taken: too many that failed, and the
    /// server is given up, which is said.
    pub(super) fn learn(&self, host: &Arc<str>, origin: &str, kind: FetchKind) -> Option<FetchKind> {
        let mut state = self.lock();
        let known = state.hosts.get_mut(host)?;
        if !kind.is_passing() && !kind.is_hosts() {
            known.servers.remove(origin);
            return None;
        }
        if known.servers.len() >= SERVERS {
            known.servers.clear();
        }
        let server = known.servers.entry(origin.to_owned()).or_default();
        server.bad += 1;
        if kind.is_hosts() || server.bad >= PATIENCE {
            server.given_up.get_or_insert(kind);
        }
        server.given_up
    }

    /// Ends it for everybody: no more jobs come.
    pub(super) fn end(&self) {
        self.lock().is_over = true;
        self.wake.notify_all();
    }
}

impl<J: Asks> State<J> {
    fn place(&mut self, at: Instant, host: Arc<str>) {
        self.number += 1;
        self.due.push(Reverse((at, self.number, host)));
    }

    /// Takes the place that is due first, if there is something to do at it.
    fn take(&mut self, now: Instant) -> Option<Turn<J>> {
        let Reverse((_, _, name)) = self.due.pop()?;
        let host = self.hosts.get_mut(&name)?;
        if host.not_before > now && !host.jobs.is_empty() {
            let at = host.not_before;
            self.place(at, name);
            return None;
        }
        let Some(job) = host.jobs.pop_front() else {
            // The place has rested, and nobody needs it.
            host.places -= 1;
            if host.places == 0 && host.servers.is_empty() {
                self.hosts.remove(&name);
            }
            return None;
        };
        let given_up = match host.servers.is_empty() {
            true => None,
            false => host.servers.get(&job.origin()).and_then(|server| server.given_up),
        };
        Some(Turn { host: name, job, given_up })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashMap;
    use std::sync::Mutex;
    use std::time::Duration;

    use super::{Asks, FetchKind, Turns};

    impl Asks for usize {
        fn origin(&self) -> String {
            format!("https://{}.example", self % 2)
        }
    }

    #[test]
    fn hosts_take_turns_and_no_host_has_more_than_its_places() {
        for connections in [1, 3] {
            let turns = Turns::new(connections);
            for number in 0..60_usize {
                turns.push(["a.example", "b.example", "c.example"][number % 3], number, Duration::ZERO);
            }
            let (running, done) = (Mutex::new(HashMap::new()), Mutex::new(Vec::new()));
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        while let Some(turn) = turns.next() {
                            let now = {
                                let mut running = running.lock().unwrap();
                                let count = running.entry(turn.host.clone()).or_insert(0_usize);
                                *count += 1;
                                *count
                            };
                            assert!(now <= connections, "{now} at {}", turn.host);
                            std::thread::yield_now();
                            *running.lock().unwrap().get_mut(&turn.host).unwrap() -= 1;
                            let mut done = done.lock().unwrap();
                            done.push(turn.job);
                            if done.len() == 60 {
                                turns.end();
                            }
                            drop(done);
                            turns.done(&turn.host, Duration::ZERO);
                        }
                    });
                }
            });
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, (0..60).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_job_that_is_put_back_comes_first() {
        let turns = Turns::new(1);
        (0..3_usize).for_each(|number| turns.push("a.example", number, Duration::ZERO));
        let first = turns.next().unwrap();
        turns.again(&first.host, first.job, Duration::ZERO);
        let order: Vec<usize> = (0..3)
            .map(|_| {
                let turn = turns.next().unwrap();
                turns.done(&turn.host, Duration::ZERO);
                turn.job
            })
            .collect();
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn a_server_that_fails_again_and_again_is_given_up_and_one_success_forgives() {
        let turns = Turns::new(1);
        (0..16).step_by(2).chain([1]).for_each(|number| turns.push("a.example", number, Duration::ZERO));
        let kinds = [FetchKind::Timeout, FetchKind::Timeout, FetchKind::NotFound];
        for kind in kinds.into_iter().chain([FetchKind::Timeout; 3]) {
            let turn = turns.next().unwrap();
            assert_eq!(turn.given_up, None);
            let _ = turns.learn(&turn.host, &turn.job.origin(), kind);
            turns.done(&turn.host, Duration::ZERO);
        }
        // Its neighbour on the same machine is not.
        for given_up in [Some(FetchKind::Timeout), Some(FetchKind::Timeout), None] {
            let turn = turns.next().unwrap();
            assert_eq!(turn.given_up, given_up, "{}", turn.job);
            turns.done(&turn.host, Duration::ZERO);
        }
    }
}
