use std::collections::HashSet;
use std::path::Path;

use sayso_core::crash_point;

use crate::durable::{remove_if_there, sync_folder};
use crate::retire::{SUPERSEDED, entries, is_in_real_folder, manifests};
use crate::{DatasetError, Manifest};

/// Removes all snapshots but this one: the files that only they list, in their place or where they were moved to, and then their
/// manifests. Returns how many snapshots and how many files they were.
///
/// Files that no manifest lists are not touched. Whoever is killed in between runs it again: a manifest goes after its files.
pub fn remove_superseded(dir: &Path, newest: &Manifest) -> Result<(u64, u64), DatasetError> {
    let listed: HashSet<&str> = entries(newest).map(|entry| entry.file.as_str()).collect();
    let (mut snapshots, mut files) = (0, 0);
    for older in manifests(dir)?.iter().filter(|manifest| manifest.snapshot < newest.snapshot) {
        for entry in entries(older) {
            let moved = dir.join(SUPERSEDED).join(&entry.file);
            // What is listed now may have a namesake among the files that were moved away, and lies in its own place.
            let places = [Some(moved), (!listed.contains(entry.file.as_str())).then(|| dir.join(&entry.file))];
            for place in places.into_iter().flatten() {
                if is_in_real_folder(&place) && place.is_file() {
                    crash_point("before an older file goes");
                    remove_if_there(&place)?;
                    sync_folder(&place).map_err(DatasetError::io(&place))?;
                    files += 1;
                }
            }
        }
        let manifest = dir.join(Manifest::file_name(older.snapshot));
        crash_point("before an older manifest goes");
        remove_if_there(&manifest)?;
        sync_folder(&manifest).map_err(DatasetError::io(&manifest))?;
        snapshots += 1;
    }
    // Empty folders are of no use; what is in them is somebody's.
    for folder in ["samples", "exclusions", "tombstones", ""] {
        let _ = std::fs::remove_dir(dir.join(SUPERSEDED).join(folder));
    }
    Ok((snapshots, files))
}
