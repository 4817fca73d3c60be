use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::durable::sync_folder;
use crate::{DatasetError, FileEntry, Manifest};

/// Where files lie that belong to older snapshots alone.
const SUPERSEDED: &str = "superseded";

/// Moves the files that only older snapshots list below `superseded`, so that whoever reads all of `samples` reads the
/// current snapshot and nothing that was refused since. Returns how many were moved.
///
/// Files that no manifest lists are not touched. Moving what was moved already is nothing: a run that was cut short is
/// completed by the next.
pub fn retire(dir: &Path, current: &Manifest) -> Result<u64, DatasetError> {
    let listed: HashSet<&str> = entries(current).map(|entry| entry.file.as_str()).collect();
    let mut moved = 0;
    for number in 1..current.snapshot {
        let path = dir.join(Manifest::file_name(number));
        if !path.is_file() {
            continue;
        }
        let older = Manifest::read(&path)?;
        for entry in entries(&older).filter(|entry| !listed.contains(entry.file.as_str())) {
            let (from, to) = (dir.join(&entry.file), dir.join(SUPERSEDED).join(&entry.file));
            if !from.is_file() {
                continue;
            }
            if let Some(folder) = to.parent() {
                fs_err::create_dir_all(folder).map_err(DatasetError::io(folder))?;
            }
            fs_err::rename(&from, &to).map_err(DatasetError::io(&from))?;
            sync_folder(&to).and_then(|()| sync_folder(&from)).map_err(DatasetError::io(&to))?;
            moved += 1;
        }
    }
    Ok(moved)
}

/// Where a file of a snapshot lies: in its place, or where it was moved to when another snapshot came.
pub(crate) fn place_of(dir: &Path, file: &str) -> PathBuf {
    let place = dir.join(file);
    if !place.exists() {
        let superseded = dir.join(SUPERSEDED).join(file);
        if superseded.exists() {
            return superseded;
        }
    }
    place
}

fn entries(manifest: &Manifest) -> impl Iterator<Item = &FileEntry> {
    manifest.samples.iter().chain(&manifest.exclusions).chain(&manifest.tombstones)
}
