use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What was found out in this run, each of it once: whoever asks for what another thread is just finding out waits.
#[derive(Debug)]
pub(super) struct Memo<T> {
    known: Mutex<HashMap<String, Arc<OnceLock<Arc<T>>>>>,
}

/// Entries that are kept.
const KEPT: usize = 1024;

impl<T> Memo<T> {
    pub(super) fn new() -> Self {
        Self { known: Mutex::default() }
    }

    /// Whether something is known under `key`.
    pub(super) fn knows(&self, key: &str) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).is_some_and(|slot| slot.get().is_some())
    }

    /// What is known under `key`, or what `find` finds.
    pub(super) fn get(&self, key: &str, find: impl FnOnce() -> T) -> Arc<T> {
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KEPT && !known.contains_key(key) {
                known.clear();
            }
            Arc::clone(known.entry(key.to_owned()).or_default())
        };
        Arc::clone(slot.get_or_init(|| Arc::new(find())))
    }
}
