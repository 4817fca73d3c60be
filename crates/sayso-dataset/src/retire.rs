use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sayso_core::crash_point;

use crate::durable::sync_folder;
use crate::{DatasetError, FileEntry, Manifest};

/// Where files lie that belong to older snapshots alone.
pub(crate) const SUPERSEDED: &str = "superseded";

/// Moves the files that only older snapshots list below `superseded`, so that whoever reads all of `samples` reads the
/// current snapshot and nothing that was refused since. Returns how many were moved.
///
/// Files that no manifest lists are not touched. Moving what was moved already is nothing: a run that was cut short is
/// completed by the next.
pub fn retire(dir: &Path, current: &Manifest) -> Result<u64, DatasetError> {
    let listed: HashSet<&str> = entries(current).map(|entry| entry.file.as_str()).collect();
    let mut moved = 0;
    for older in manifests(dir)?.iter().filter(|manifest| manifest.snapshot < current.snapshot) {
        for entry in entries(older).filter(|entry| !listed.contains(entry.file.as_str())) {
            let (from, to) = (dir.join(&entry.file), dir.join(SUPERSEDED).join(&entry.file));
            if !is_in_real_folder(&from) || !from.is_file() {
                continue;
            }
            if let Some(folder) = to.parent() {
                fs_err::create_dir_all(folder).map_err(DatasetError::io(folder))?;
            }
            crash_point("before a file is retired");
            fs_err::rename(&from, &to).map_err(DatasetError::io(&from))?;
            sync_folder(&to).and_then(|()| sync_folder(&from)).map_err(DatasetError::io(&to))?;
            moved += 1;
        }
    }
    Ok(moved)
}

/// Removes files of snapshots that never came to be: what a run left that was cut short. Only what a later snapshot names
/// so, `000002-00000.parquet`, and no manifest lists, is removed.
pub fn remove_unlisted(dir: &Path) -> Result<(), DatasetError> {
    let manifests = manifests(dir)?;
    let listed: HashSet<&str> = manifests.iter().flat_map(entries).map(|entry| entry.file.as_str()).collect();
    for folder in ["samples", "exclusions", "tombstones"] {
        let path = dir.join(folder);
        if !is_in_real_folder(&path.join("x")) {
            continue;
        }
        for entry in fs_err::read_dir(&path).map_err(DatasetError::io(&path))? {
            let entry = entry.map_err(DatasetError::io(&path))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_of_later_snapshot(&name) && !listed.contains(format!("{folder}/{name}").as_str()) {
                fs_err::remove_file(entry.path()).map_err(DatasetError::io(entry.path()))?;
            }
        }
    }
    Ok(())
}

fn is_of_later_snapshot(name: &str) -> bool {
    let number = name.strip_suffix(".tmp").unwrap_or(name).strip_suffix(".parquet");
    let digits = |text: &str, at_least: usize| text.len() >= at_least && text.bytes().all(|byte| byte.is_ascii_digit());
    number
        .and_then(|number| number.split_once('-'))
        .is_some_and(|(snapshot, shard)| digits(snapshot, 6) && digits(shard, 5))
}

/// Every manifest of the folder.
pub(crate) fn manifests(dir: &Path) -> Result<Vec<Manifest>, DatasetError> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(dir).map_err(DatasetError::io(dir))? {
        let entry = entry.map_err(DatasetError::io(dir))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("manifest-") && name.ends_with(".json") {
            found.push(Manifest::read(&entry.path())?);
        }
    }
    Ok(found)
}

/// Whether the folder that holds a file is one, and no link to another: a dataset from anywhere moves nobody's files.
pub(crate) fn is_in_real_folder(file: &Path) -> bool {
    let folder = file.parent().and_then(|folder| folder.symlink_metadata().ok());
    folder.is_some_and(|folder| folder.is_dir())
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

pub(crate) fn entries(manifest: &Manifest) -> impl Iterator<Item = &FileEntry> {
    manifest.samples.iter().chain(&manifest.exclusions).chain(&manifest.tombstones)
}
