use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::folder::{LanesFolder, Run, Step};
use crate::Error;

/// Tells workers that somebody still drives, again and again, until this is dropped.
pub(super) struct Beat {
    state: Arc<State>,
    beats: Option<JoinHandle<()>>,
    run: String,
}

struct State {
    folder: LanesFolder,
    /// What is told, and whether that is over.
    told: Mutex<(Run, bool)>,
    changed: Condvar,
}

/// Between two beats.
const BEAT: Duration = Duration::from_secs(5);

impl Beat {
    pub(super) fn start(folder: LanesFolder) -> Result<Self, Error> {
        let run = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let told = Mutex::new((Run { run: run.clone(), step: Step::Nothing, beat: 0 }, false));
        let state = Arc::new(State { folder, told, changed: Condvar::new() });
        let beats = std::thread::Builder::new().name("beat".to_owned());
        let shared = Arc::clone(&state);
        let beats = beats.spawn(move || beat(&shared)).map_err(Error::file("beat"))?;
        Ok(Self { state, beats: Some(beats), run })
    }

    /// What tells this start of the command from all others.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// Tells what is to be done from now on.
    pub(super) fn begin(&self, step: Step) -> Result<(), Error> {
        let mut told = lock(&self.state);
        told.0.step = step;
        told.0.beat += 1;
        self.state.folder.set_run(&told.0)
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        lock(&self.state).1 = true;
        self.state.changed.notify_all();
        if let Some(beats) = self.beats.take() {
            let _ = beats.join();
        }
    }
}

fn lock(state: &State) -> MutexGuard<'_, (Run, bool)> {
    state.told.lock().unwrap_or_else(PoisonError::into_inner)
}

fn beat(state: &State) {
    let mut told = lock(state);
    loop {
        let waited = state.changed.wait_timeout_while(told, BEAT, |(_, is_over)| !*is_over);
        told = waited.map_or_else(|poisoned| poisoned.into_inner().0, |(told, _)| told);
        if told.1 {
            return;
        }
        told.0.beat += 1;
        // One that cannot be written is made up for by the next.
        let _ = state.folder.set_run(&told.0);
    }
}
