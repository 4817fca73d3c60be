use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use sayso_core::Uid;
use sayso_dataset::{Manifest, Stamp};
use sayso_index::TextIndex;

use super::Library;
use super::open::{snapshot_id, text_index_dir};
use crate::Error;

/// A library that follows its datasets: what was taken out of one is out of every answer that begins after that.
///
/// Each time that it is asked for, it looks whether a dataset has a new snapshot. One that only removes samples is taken up at
/// once, since its indexes are there already. One that was judged or fetched anew is taken up as soon as its indexes are.
pub struct LiveLibrary {
    dirs: Vec<PathBuf>,
    now: RwLock<Arc<Now>>,
    /// The samples that are hidden. Held by whoever takes up what is new.
    hidden: Mutex<Vec<Uid>>,
}

/// What is answered from.
struct Now {
    library: Arc<Library>,
    /// How often it was another one before.
    generation: u64,
    /// The tombstones of each dataset of which it knows, by the digests of their files.
    told: Vec<Vec<String>>,
}

impl LiveLibrary {
    /// Follows the datasets of a library.
    #[must_use]
    pub fn of(library: Library) -> Self {
        let dirs = library.dirs().into_iter().map(|(_, dir)| dir).collect();
        let told = library.shelves.iter().map(|shelf| digests(shelf.dataset.manifest())).collect();
        let now = RwLock::new(Arc::new(Now { library: Arc::new(library), generation: 0, told }));
        Self { dirs, now, hidden: Mutex::default() }
    }

    /// The library as its datasets are now, and a number that is another one for every state.
    pub fn now(&self) -> Result<(Arc<Library>, u64), Error> {
        let now = self.last();
        if self.is_as(&now.library) {
            return Ok((Arc::clone(&now.library), now.generation));
        }
        let hidden = self.hidden_now();
        // Somebody else may have done it while this one waited.
        let now = self.last();
        if self.is_as(&now.library) {
            return Ok((Arc::clone(&now.library), now.generation));
        }
        if self.is_without_indexes(&now.library)? {
            return self.last_without(&now);
        }
        match Library::open_but(&self.dirs, &hidden) {
            Ok(library) => Ok(self.take_up(library)),
            // Another snapshot came in the meantime, and its indexes are on their way.
            Err(_) if self.is_without_indexes(&now.library)? => self.last_without(&now),
            Err(error) => Err(error),
        }
    }

    /// The last state without what was taken out since: it is answered from while indexes of newer shards are on their way.
    fn last_without(&self, now: &Now) -> Result<(Arc<Library>, u64), Error> {
        let newest: Vec<Manifest> = self.dirs.iter().map(|dir| Manifest::current(dir)).collect::<Result<_, _>>()?;
        let told: Vec<Vec<String>> = newest.iter().map(digests).collect();
        if told == now.told {
            return Ok((Arc::clone(&now.library), now.generation));
        }
        let mut gone = Vec::new();
        for (dir, manifest) in self.dirs.iter().zip(&newest) {
            manifest.each_tombstone(dir, |stone| gone.push(stone.uid))?;
        }
        Ok(self.take_up_told(now.library.but(&gone)?, told))
    }

    /// Hides samples from every answer that begins from now on, whatever the datasets say of them; those that were hidden
    /// before and are not among these are shown again, at the latest with the next snapshot.
    pub fn hide(&self, uids: &[Uid]) -> Result<(), Error> {
        let mut hidden = self.hidden_now();
        hidden.clear();
        hidden.extend_from_slice(uids);
        match Library::open_but(&self.dirs, uids) {
            Ok(library) => self.take_up(library),
            // What cannot be opened now is answered from the last state, without them.
            Err(_) => {
                let last = self.last();
                self.take_up_told(last.library.but(uids)?, last.told.clone())
            }
        };
        Ok(())
    }

    /// The samples that are hidden.
    #[must_use]
    pub fn hidden(&self) -> Vec<Uid> {
        self.hidden_now().clone()
    }

    fn last(&self) -> Arc<Now> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn hidden_now(&self) -> MutexGuard<'_, Vec<Uid>> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_as(&self, library: &Library) -> bool {
        library.shelves.iter().all(|shelf| Stamp::of(shelf.dataset.dir()) == shelf.dataset.stamp())
    }

    /// Whether a dataset has other shards than it had, and their indexes are not there yet. Until they are, it is answered from
    /// the last state, without what was taken out of it since.
    fn is_without_indexes(&self, library: &Library) -> Result<bool, Error> {
        for shelf in &library.shelves {
            let dir = shelf.dataset.dir();
            let newest = Manifest::current(dir)?;
            let is_same = newest.indexed_as() == shelf.dataset.manifest().indexed_as();
            if !is_same && TextIndex::snapshot_in(&text_index_dir(dir)) != Some(snapshot_id(&newest)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn take_up(&self, library: Library) -> (Arc<Library>, u64) {
        let told = library.shelves.iter().map(|shelf| digests(shelf.dataset.manifest())).collect();
        self.take_up_told(library, told)
    }

    fn take_up_told(&self, library: Library, told: Vec<Vec<String>>) -> (Arc<Library>, u64) {
        let library = Arc::new(library);
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let generation = now.generation + 1;
        *now = Arc::new(Now { library: Arc::clone(&library), generation, told });
        (library, generation)
    }
}

/// Which tombstones a snapshot has.
fn digests(manifest: &Manifest) -> Vec<String> {
    manifest.tombstones.iter().map(|entry| entry.sha256.clone()).collect()
}
