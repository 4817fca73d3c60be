use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sayso_storage::{Folder, StorageError, Version};

use crate::Error;

/// The sole right to write into a folder of an object store, which knows no locks: a file that is written anew again and
/// again by whoever has the right. One that has not changed for a while is that of somebody who is gone.
///
/// Nobody's clock is compared with another's. Each writing says which version it replaces, so only one of two wins.
pub(super) struct Lease {
    state: Arc<State>,
    beats: Option<JoinHandle<()>>,
    folder: Folder,
    name: &'static str,
}

#[derive(Default)]
struct State {
    ends: Mutex<bool>,
    changed: Condvar,
    lost: AtomicBool,
}

/// Between two writings.
const BEAT: Duration = Duration::from_secs(4);
/// How long a file has to stay as it is until its owner counts as gone.
const PATIENCE: Duration = Duration::from_secs(14);
/// Between two looks at it.
const LOOK: Duration = Duration::from_secs(1);
/// How long the right lasts for whoever cannot renew it: less than others wait.
const LASTS: Duration = Duration::from_secs(12);

impl Lease {
    /// Takes the right, or says who has it.
    pub(super) fn take(folder: &Folder, name: &'static str) -> Result<Self, Error> {
        let version = match folder.create(name, text(0)) {
            Err(StorageError::Raced { .. }) => inherit(folder, name)?,
            created => created?,
        };
        let state = Arc::new(State::default());
        let beats = {
            let (state, folder) = (Arc::clone(&state), folder.clone());
            let beats = std::thread::Builder::new().name("lease".to_owned());
            beats.spawn(move || beat(&state, &folder, name, version)).map_err(Error::file(name))?
        };
        Ok(Self { state, beats: Some(beats), folder: folder.clone(), name })
    }

    /// Whether it could not be kept.
    pub(super) fn is_lost(&self) -> bool {
        self.state.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *ends(&self.state) = true;
        self.state.changed.notify_all();
        if let Some(beats) = self.beats.take() {
            let _ = beats.join();
        }
        if !self.is_lost() {
            // One that stays is waited for by the next, and that is all.
            let _ = self.folder.remove(self.name);
        }
    }
}

fn ends(state: &State) -> MutexGuard<'_, bool> {
    state.ends.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is written: each time something else, so that each version is another one.
fn text(number: u64) -> Vec<u8> {
    format!("process {} of a build, {number}\n", std::process::id()).into_bytes()
}

/// Waits whether somebody still writes the file, and takes it over if nobody does.
fn inherit(folder: &Folder, name: &str) -> Result<Version, Error> {
    let busy = || {
        let message = "another build is at work there\nhint: wait for it, or choose another address".to_owned();
        Error::Output { dir: folder.address().to_string().into(), message }
    };
    let started = Instant::now();
    let mut first: Option<Version> = None;
    loop {
        let Some((_, version)) = folder.read_version(name)? else {
            // It was given back in this moment.
            return folder.create(name, text(0)).map_err(|_| busy());
        };
        match &first {
            Some(first) if *first != version => return Err(busy()),
            Some(first) if started.elapsed() > PATIENCE => {
                return folder.replace(name, text(0), first).map_err(|_| busy());
            }
            Some(_) => {}
            None => first = Some(version),
        }
        std::thread::sleep(LOOK);
    }
}

fn beat(state: &State, folder: &Folder, name: &str, mut version: Version) {
    let (mut number, mut renewed) = (0_u64, Instant::now());
    loop {
        let ended = ends(state);
        let waited = state.changed.wait_timeout_while(ended, BEAT, |ends| !*ends);
        if waited.map_or(true, |(ends, _)| *ends) {
            return;
        }
        number += 1;
        match folder.replace(name, text(number), &version) {
            Ok(new) => {
                version = new;
                renewed = Instant::now();
            }
            Err(StorageError::Raced { .. }) => {
                // An answer that was lost on its way makes our own writing look like somebody else's.
                match folder.read_version(name) {
                    Ok(Some((read, now))) if read == text(number) => {
                        version = now;
                        renewed = Instant::now();
                    }
                    _ => return state.lost.store(true, Ordering::Relaxed),
                }
            }
            Err(_) if renewed.elapsed() < LASTS => {}
            Err(_) => return state.lost.store(true, Ordering::Relaxed),
        }
    }
}
