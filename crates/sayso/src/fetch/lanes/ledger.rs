use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sayso_core::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::fetch::kind::FetchKind;
use crate::online::Rests;

/// Until when hosts rest and which servers were given up, in a file, for whoever asks them next: another step, another
/// machine, or this one after it was killed.
///
/// A line is written behind each request, before the next one can be sent. Of a process that was killed the last request is
/// not noted; then every host rests a whole pause from the moment at which this was opened.
#[derive(Debug)]
pub(in crate::fetch) struct Ledger {
    path: PathBuf,
    state: Mutex<State>,
    pause: Duration,
    /// The right to ask these hosts, which goes with this.
    _lock: Option<File>,
}

#[derive(Debug)]
struct State {
    file: File,
    lines: usize,
    known: Known,
    /// Until when hosts rest of which nothing is noted.
    others_until: Option<Timestamp>,
    failed: Option<Error>,
}

/// What a ledger says.
#[derive(Debug, Default, Clone)]
pub(in crate::fetch) struct Known {
    hosts: HashMap<String, Rest>,
    given_up: HashMap<String, FetchKind>,
    /// Whether whoever asked was killed.
    is_open: bool,
}

#[derive(Debug, Clone, Copy)]
struct Rest {
    until: Timestamp,
    slowed: Option<Duration>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    /// Somebody begins to ask.
    Opened,
    /// They ended, and nothing was on the way.
    Closed,
    Host {
        host: String,
        until: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slowed_micros: Option<u64>,
    },
    GivenUp {
        origin: String,
        kind: FetchKind,
    },
}

/// Servers that are remembered as given up. Of more it is found out again.
const GIVEN_UP: usize = 1 << 20;

/// Lines after which what is over is left out.
const LINES: usize = 64 << 10;

impl Ledger {
    /// Opens a ledger, whose hosts have this pause. Whoever asks these hosts holds `lock` until this is dropped.
    pub(in crate::fetch) fn open(
        path: PathBuf,
        pause: Duration,
        now: Timestamp,
        lock: Option<File>,
    ) -> Result<Self, Error> {
        let known = Known::read(&path)?;
        let others_until = known.is_open.then(|| after(now, pause));
        let file = begin(&path, &known, now)?;
        let state = Mutex::new(State { file, lines: 0, known, others_until, failed: None });
        Ok(Self { path, state, pause, _lock: lock })
    }

    /// Why a server is not asked any more, if it is not.
    pub(in crate::fetch) fn given_up(&self, origin: &str) -> Option<FetchKind> {
        self.lock().known.given_up.get(origin).copied()
    }

    /// Notes that a server is not asked any more.
    pub(in crate::fetch) fn give_up(&self, origin: &str, kind: FetchKind) {
        let mut state = self.lock();
        let has_room = state.known.given_up.len() < GIVEN_UP;
        if has_room && state.known.given_up.insert(origin.to_owned(), kind).is_none() {
            state.write(&self.path, &Line::GivenUp { origin: origin.to_owned(), kind });
        }
    }

    /// What failed while something was noted: without notes nobody may go on.
    pub(in crate::fetch) fn take_failure(&self) -> Option<Error> {
        self.lock().failed.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // Without this line a whole pause is waited for, and that is all.
        let path = self.path.clone();
        self.lock().write(&path, &Line::Closed);
    }
}

impl Rests for Ledger {
    fn until(&self, host: &str) -> Option<Timestamp> {
        let (rest, others_until) = {
            let state = self.lock();
            (state.known.hosts.get(host).copied(), state.others_until)
        };
        // Of a killed process nobody knows whether it had just asked: at its own pause, where the host has one.
        let unknown = others_until.map(|until| {
            let more =
                rest.and_then(|rest| rest.slowed).map_or(Duration::ZERO, |slowed| slowed.saturating_sub(self.pause));
            after(until, more)
        });
        rest.map(|rest| rest.until).max(unknown)
    }

    fn note(&self, host: &str, until: Timestamp, slowed: Option<Duration>) {
        let mut state = self.lock();
        state.known.rest(host.to_owned(), Rest { until, slowed });
        state.write(&self.path, &Line::of_host(host, until, slowed));
        if state.lines >= LINES {
            // `until` lies ahead of what time it is by a pause at most: nothing is left out too early.
            let now = Timestamp::from_micros(until.as_micros().saturating_sub(micros(self.pause)));
            state.known.hosts.retain(|_, rest| rest.until > now || rest.slowed.is_some());
            match begin(&self.path, &state.known, now) {
                Ok(file) => (state.file, state.lines) = (file, 0),
                Err(error) => drop(state.failed.get_or_insert(error)),
            }
        }
    }
}

impl Known {
    /// What is noted in this file.
    pub(in crate::fetch) fn read(path: &Path) -> Result<Self, Error> {
        read(path)
    }

    /// Lays it down for whoever opens a ledger there next.
    pub(in crate::fetch) fn leave(&self, path: &Path, now: Timestamp) -> Result<(), Error> {
        let mut file = begin(path, self, now)?;
        if self.is_open { Ok(()) } else { write(&mut file, &Line::Closed).map_err(Error::file(path)) }
    }

    /// What is known of some hosts, of as many as there are lanes.
    #[cfg(feature = "cluster")]
    pub(in crate::fetch) fn split(self, lanes: usize, lane_of: impl Fn(&str) -> usize) -> Vec<Self> {
        let mut split = vec![Self { is_open: self.is_open, ..Self::default() }; lanes];
        for (host, rest) in self.hosts {
            split.get_mut(lane_of(&host)).into_iter().for_each(|known| known.rest(host.clone(), rest));
        }
        for (origin, kind) in self.given_up {
            let of_lane = split.get_mut(lane_of(&sayso_crawl::host_of(&origin)));
            of_lane.into_iter().for_each(|known| {
                known.given_up.insert(origin.clone(), kind);
            });
        }
        split
    }

    /// Adds what another one says.
    pub(in crate::fetch) fn add(&mut self, other: Self) {
        other.hosts.into_iter().for_each(|(host, rest)| self.rest(host, rest));
        self.given_up.extend(other.given_up);
        self.is_open |= other.is_open;
    }

    /// Forgets which servers were given up: whoever gives the command again may have mended the line.
    pub(in crate::fetch) fn forgive(&mut self) {
        self.given_up.clear();
    }

    /// Leaves out what is over.
    pub(in crate::fetch) fn keep_from(&mut self, now: Timestamp) {
        let is_open = self.is_open;
        self.hosts.retain(|_, rest| rest.until > now || (is_open && rest.slowed.is_some()));
    }

    fn rest(&mut self, host: String, rest: Rest) {
        let known = self.hosts.entry(host).or_insert(rest);
        known.until = known.until.max(rest.until);
        known.slowed = known.slowed.max(rest.slowed);
    }
}

impl State {
    fn write(&mut self, path: &Path, line: &Line) {
        self.lines += 1;
        if let Err(error) = write(&mut self.file, line) {
            self.failed.get_or_insert(Error::file(path)(error));
        }
    }
}

impl Line {
    fn of_host(host: &str, until: Timestamp, slowed: Option<Duration>) -> Self {
        let slowed_micros = slowed.map(|slowed| micros(slowed).unsigned_abs());
        Self::Host { host: host.to_owned(), until, slowed_micros }
    }
}

/// In one piece: a process that is killed leaves whole lines and at most one that is cut.
fn write(file: &mut File, line: &Line) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)
}

/// Begins the file anew with what is known of it.
fn begin(path: &Path, known: &Known, now: Timestamp) -> Result<File, Error> {
    let temporary = path.with_extension("new");
    let begin = || {
        let mut file = File::create(&temporary)?;
        write(&mut file, &Line::Opened)?;
        for (host, rest) in &known.hosts {
            if rest.until > now || rest.slowed.is_some() {
                write(&mut file, &Line::of_host(host, rest.until, rest.slowed))?;
            }
        }
        for (origin, kind) in &known.given_up {
            write(&mut file, &Line::GivenUp { origin: origin.clone(), kind: *kind })?;
        }
        // That somebody begins has to outlive their machine: it is what the next one waits by.
        file.sync_data()?;
        fs_err::rename(&temporary, path)?;
        Ok(file)
    };
    begin().map_err(Error::file(path))
}

/// What stands in the file.
fn read(path: &Path) -> Result<Known, Error> {
    let mut known = Known::default();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(known),
        Err(error) => return Err(Error::file(path)(error)),
    };
    let (mut reader, mut text) = (BufReader::new(file), Vec::new());
    while reader.read_until(b'\n', &mut text).map_err(Error::file(path))? > 0 {
        match serde_json::from_slice(&text) {
            Ok(Line::Opened) | Err(_) => known.is_open = true,
            Ok(Line::Closed) => known.is_open = false,
            Ok(Line::Host { host, until, slowed_micros }) => {
                known.rest(host, Rest { until, slowed: slowed_micros.map(Duration::from_micros) });
            }
            Ok(Line::GivenUp { origin, kind }) => drop(known.given_up.insert(origin, kind)),
        }
        text.clear();
    }
    Ok(known)
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    Timestamp::from_micros(now.as_micros().saturating_add(micros(time)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use sayso_core::Timestamp;

    use super::{Known, Ledger, Rests};
    use crate::fetch::kind::FetchKind;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn rests_outlive_whoever_noted_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hosts.jsonl");
        let pause = Duration::from_secs(1);
        let ledger = Ledger::open(path.clone(), pause, at(100), None).unwrap();
        assert_eq!(ledger.until("a.example"), None);
        ledger.note("a.example", at(160), None);
        ledger.note("slow.example", at(110), Some(Duration::from_secs(10)));
        ledger.give_up("http://gone.example", FetchKind::Dns);
        // A copy of it is what a killed process leaves.
        let killed = dir.path().join("killed.jsonl");
        std::fs::copy(&path, &killed).unwrap();
        drop(ledger);
        let next = Ledger::open(path.clone(), pause, at(120), None).unwrap();
        assert_eq!((next.until("a.example"), next.until("b.example")), (Some(at(160)), None));
        assert_eq!(next.given_up("http://gone.example"), Some(FetchKind::Dns));
        drop(next);
        let next = Ledger::open(killed, pause, at(120), None).unwrap();
        assert_eq!((next.until("a.example"), next.until("b.example")), (Some(at(160)), Some(at(121))));
        assert_eq!(next.until("slow.example"), Some(at(130)));
        // Another one takes over what lasts.
        let mut known = Known::read(&path).unwrap();
        known.keep_from(at(130));
        known.leave(&dir.path().join("whole.jsonl"), at(130)).unwrap();
        let whole = Ledger::open(dir.path().join("whole.jsonl"), pause, at(130), None).unwrap();
        assert_eq!((whole.until("a.example"), whole.until("slow.example")), (Some(at(160)), None));
        assert!(whole.given_up("http://gone.example").is_some() && whole.take_failure().is_none());
    }

    #[test]
    fn a_ledger_does_not_grow_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hosts.jsonl");
        let ledger = Ledger::open(path.clone(), Duration::from_secs(1), at(0), None).unwrap();
        for number in 0..super::LINES as i64 + 10 {
            ledger.note(&format!("{}.example", number % 100), at(number), None);
        }
        assert!(std::fs::read_to_string(&path).unwrap().lines().count() < 200);
        let last = super::LINES as i64 + 9;
        assert_eq!(ledger.until(&format!("{}.example", last % 100)), Some(at(last)));
    }
}
