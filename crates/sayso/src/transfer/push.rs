use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_dataset::{DatasetError, Manifest};
use sayso_storage::{Folder, StorageError, Version};

use super::digest::is_file;
use super::{BESIDE, CURRENT, TransferProgress, Transferred, files};
use crate::Error;

/// Copies a dataset to an address of an object store, without its indexes. What is there already is not sent again; an older
/// snapshot of it is followed by the newer one.
pub fn push(
    dir: &Path,
    address: &str,
    interrupt: &AtomicBool,
    progress: &dyn Fn(TransferProgress),
) -> Result<Transferred, Error> {
    let folder = Folder::open(&address.parse()?)?;
    let manifest = Manifest::current(dir)?;
    let there = there(&folder)?;
    if let Some((there, _)) = &there {
        refuse_another(address, there, &manifest)?;
    }
    let known: HashSet<(&str, &str)> = there
        .iter()
        .flat_map(|(there, _)| files(there))
        .map(|entry| (entry.file.as_str(), entry.sha256.as_str()))
        .collect();
    let total = files(&manifest).map(|entry| entry.bytes).sum();
    let mut done = Transferred { snapshot: manifest.snapshot, ..Transferred::default() };
    let mut sent_to = 0;
    for entry in files(&manifest) {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let is_known = known.contains(&(entry.file.as_str(), entry.sha256.as_str()));
        if !is_known || folder.size(&entry.file)? != Some(entry.bytes) {
            let path = dir.join(&entry.file);
            if !is_file(&path, entry)? {
                let message = "its bytes are not those that its manifest names".to_owned();
                return Err(DatasetError::Damaged { file: path, message }.into());
            }
            folder.put(&path, &entry.file)?;
            done.sent += 1;
            done.bytes += entry.bytes;
        }
        done.files += 1;
        sent_to += entry.bytes;
        progress(TransferProgress { done: sent_to, total });
    }
    for name in BESIDE.into_iter().filter(|name| dir.join(name).is_file()) {
        folder.put(&dir.join(name), name)?;
    }
    let name = Manifest::file_name(manifest.snapshot);
    folder.put(&dir.join(&name), &name)?;
    let current = format!("{name}\n").into_bytes();
    // Whoever pushed meanwhile goes first: what they named is looked at before anything takes its place.
    match &there {
        Some((_, version)) => folder.replace(CURRENT, current, version)?,
        None => folder.create(CURRENT, current)?,
    };
    Ok(done)
}

/// The snapshot that is there, and which version of `CURRENT` names it.
fn there(folder: &Folder) -> Result<Option<(Manifest, Version)>, Error> {
    let Some((current, version)) = folder.read_version(CURRENT)? else { return Ok(None) };
    let damaged = |message: &str| {
        let file = folder.address().join(CURRENT).to_string().into();
        Error::Dataset(DatasetError::Damaged { file, message: message.to_owned() })
    };
    let name = String::from_utf8(current).map_err(|_| damaged("it is no text"))?;
    let name = name.trim();
    if name.contains(['/', '\\']) || !name.starts_with("manifest-") {
        return Err(damaged("it names no manifest"));
    }
    let bytes = folder.read(name)?;
    let bytes = bytes.ok_or_else(|| StorageError::NotFound { address: folder.address().join(name).to_string() })?;
    let scratch = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
    let path = scratch.path().join(name);
    fs_err::write(&path, bytes).map_err(Error::file(&path))?;
    Ok(Some((Manifest::read(&path)?, version)))
}

fn refuse_another(address: &str, there: &Manifest, manifest: &Manifest) -> Result<(), Error> {
    let shares_files = || files(there).any(|one| files(manifest).any(|other| one == other));
    let message = if there.snapshot > manifest.snapshot {
        "it holds a newer snapshot\nhint: pull it first, or choose another address"
    } else if there.root != manifest.root && !shares_files() {
        "it holds another dataset\nhint: choose an address with nothing behind it"
    } else {
        return Ok(());
    };
    Err(Error::Output { dir: address.into(), message: message.to_owned() })
}
