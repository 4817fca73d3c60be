use std::collections::HashSet;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use sayso_core::{Modality, Uid, crash_point};
use sayso_dataset::{Dataset, sync_folder};

use super::store::{LIST, names_in, stored_vectors};
use crate::Error;

/// Vectors that are written anew, until they take the place of the old ones.
const NEW: &str = "new";

/// The old ones, until they are gone.
const OLD: &str = "old";

/// Removes the vectors of samples that a dataset does not hold any more, and returns how many they were. Files are numbered, and
/// their rows belong together: all of a kind are written anew and take the place of the old ones.
pub(crate) fn keep_present(dataset: &Dataset) -> Result<u64, Error> {
    let mut removed = 0;
    for stored in stored_vectors(dataset.dir())? {
        let gone = gone(dataset, stored.uids()?)?;
        if gone.is_empty() {
            continue;
        }
        removed += gone.len() as u64;
        let folder = stored.folder();
        let new = beside(folder, NEW);
        remove_folder(&new)?;
        stored.write_without(&gone, &new)?;
        sync_folder(&new.join(LIST)).map_err(Error::file(&new))?;
        crash_point("before old vectors are moved away");
        fs_err::rename(folder, beside(folder, OLD)).map_err(Error::file(folder))?;
        crash_point("before new vectors take their place");
        fs_err::rename(&new, folder).map_err(Error::file(folder))?;
        // The new ones have their name for good before the old ones go.
        sync_folder(folder).map_err(Error::file(folder))?;
        crash_point("before old vectors go");
        remove_folder(&beside(folder, OLD))?;
    }
    Ok(removed)
}

/// Completes what was cut short while vectors changed places: whoever writes in a dataset does that first, or it would take those that
/// wait for their name for none, and make others.
pub(crate) fn complete_swaps(dir: &Path) -> Result<(), Error> {
    let vectors = dir.join("vectors");
    for name in names_in(&vectors)? {
        for modality in Modality::ALL {
            let folder = vectors.join(&name).join(modality.as_str());
            let (new, old) = (beside(&folder, NEW), beside(&folder, OLD));
            if old.is_dir() && !folder.is_dir() {
                // The new ones were complete before the old ones were moved.
                let last = if new.join(LIST).is_file() { &new } else { &old };
                fs_err::rename(last, &folder).map_err(Error::file(&folder))?;
                sync_folder(&folder).map_err(Error::file(&folder))?;
            }
            remove_folder(&new)?;
            remove_folder(&old)?;
        }
    }
    Ok(())
}

/// Of these, those that the dataset does not hold.
fn gone(dataset: &Dataset, uids: Vec<Uid>) -> Result<HashSet<Uid>, Error> {
    let mut gone: HashSet<Uid> = uids.into_iter().collect();
    dataset.scan(&["uid"], |_, batch| {
        let uids = batch.column_by_name("uid").and_then(|column| column.as_string_opt::<i32>());
        for uid in uids.into_iter().flatten().flatten().filter_map(|uid| uid.parse().ok()) {
            gone.remove(&uid);
        }
        Ok(())
    })?;
    Ok(gone)
}

fn beside(folder: &Path, what: &str) -> PathBuf {
    folder.with_extension(what)
}

fn remove_folder(folder: &Path) -> Result<(), Error> {
    match fs_err::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(folder)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::LIST;
    use crate::build::Workshop;

    /// Whoever is the next to write finds the vectors in their place, whenever the power went.
    #[test]
    fn a_swap_that_was_cut_short_is_completed_by_whoever_writes_next() {
        for (is_moved_away, is_new_complete, expected) in
            [(true, true, "new"), (true, false, "old"), (false, true, "here"), (false, false, "here")]
        {
            let dir = tempfile::tempdir().unwrap();
            let place = dir.path().join("vectors/net");
            let folder = |name: &str, list: Option<&str>| {
                let folder = place.join(name);
                fs_err::create_dir_all(&folder).unwrap();
                if let Some(list) = list {
                    fs_err::write(folder.join(LIST), list).unwrap();
                }
            };
            folder("text.new", is_new_complete.then_some("new"));
            match is_moved_away {
                true => folder("text.old", Some("old")),
                false => folder("text", Some("here")),
            }
            let workshop = Workshop::open(dir.path()).unwrap();
            assert_eq!(fs_err::read_to_string(place.join("text").join(LIST)).unwrap(), expected);
            assert!(!place.join("text.new").exists() && !place.join("text.old").exists());
            workshop.clear().unwrap();
        }
    }
}
