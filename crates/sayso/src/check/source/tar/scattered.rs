//! Samples whose members do not follow each other: a tar may have all pictures first, and what belongs to them at its end.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::path::Path;

use super::super::{is_named_like_a_picture, is_named_like_a_sidecar};
use super::{Extent, Headers, MEMBERS, key_of};

/// What belongs together, though something else stands between it.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// One more than [`MEMBERS`] at most.
    pub(super) sidecars: Vec<(String, Extent)>,
    pub(super) has_picture: bool,
}

/// The scattered samples of a tar by their keys.
#[derive(Debug, Default)]
pub(super) struct Scattered(HashMap<String, Together>);

impl Scattered {
    /// Goes through the headers, and once more where a key comes back. A tar that is broken has those that stand before the break,
    /// and whoever reads it tells the break.
    pub(super) fn of(path: &Path) -> Self {
        // Of the keys that are over only hashes are kept: most tars have none that comes back, and millions that do not.
        let (hasher, mut over, mut back) = (RandomState::new(), HashSet::new(), HashSet::new());
        let (mut last, mut count) = (None, 0);
        each(path, |name, _| {
            let hash = hasher.hash_one(key_of(name));
            if last == Some(hash) {
                count += 1;
                // A sample that is cut into several is one that comes back.
                if count >= MEMBERS {
                    back.insert(hash);
                }
                return;
            }
            if !over.insert(hash) {
                back.insert(hash);
            }
            (last, count) = (Some(hash), 1);
        });
        let mut scattered = Self::default();
        if back.is_empty() {
            return scattered;
        }
        each(path, |name, extent| {
            let key = key_of(name);
            if !back.contains(&hasher.hash_one(key)) {
                return;
            }
            let together = scattered.0.entry(key.to_owned()).or_default();
            together.has_picture |= is_named_like_a_picture(name);
            if is_named_like_a_sidecar(name) && together.sidecars.len() <= MEMBERS {
                together.sidecars.push((name.to_owned(), extent));
            }
        });
        scattered
    }

    /// All that has this key, where it is scattered.
    pub(super) fn of_key(&self, key: &str) -> Option<&Together> {
        self.0.get(key)
    }
}

fn each(path: &Path, mut take: impl FnMut(&str, Extent)) {
    let Ok(file) = fs_err::File::open(path) else { return };
    let mut headers = Headers { file, at: 0 };
    while let Ok(Some((name, extent))) = headers.next_file() {
        take(&name, extent);
    }
}
