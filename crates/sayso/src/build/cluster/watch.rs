use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use super::storage::Storage;

/// Looks now and then which tasks have laid down a result.
pub(super) struct Watch<'a> {
    storage: &'a dyn Storage,
    folder: String,
    /// Digests of their names. Two of the same would be a result that is not shown.
    seen: HashSet<u64>,
    last: Option<Instant>,
    /// How long the last look took: it must not be most of what is done.
    took: Duration,
}

/// Between two looks: a folder of a whole crawl has ninety thousand names.
const PAUSE: Duration = Duration::from_secs(1);

impl<'a> Watch<'a> {
    pub(super) fn new(storage: &'a dyn Storage, folder: String) -> Self {
        Self { storage, folder, seen: HashSet::new(), last: None, took: Duration::ZERO }
    }

    /// Calls `each` with every result that is new, and says whether there was a look at all.
    pub(super) fn look(&mut self, mut each: impl FnMut(&str)) -> bool {
        if self.last.is_some_and(|last| last.elapsed() < PAUSE.max(self.took * 10)) {
            return false;
        }
        let started = Instant::now();
        // Progress is shown if it can be; what cannot be read here is told by the tasks themselves.
        for name in self.storage.list(&self.folder).unwrap_or_default() {
            let digest = digest(&name);
            if !self.seen.contains(&digest)
                && let Ok(Some(json)) = self.storage.read(&format!("{}/{name}", self.folder))
            {
                each(&String::from_utf8_lossy(&json));
                self.seen.insert(digest);
            }
        }
        self.took = started.elapsed();
        self.last = Some(Instant::now());
        true
    }
}

fn digest(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
