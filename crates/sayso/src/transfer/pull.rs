use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_dataset::{DatasetError, Manifest, sync_folder, write_atomically};
use sayso_storage::{Folder, StorageError};

use super::digest::is_file;
use super::{BESIDE, CURRENT, MOST_BYTES, TransferProgress, Transferred, files};
use crate::Error;
use crate::build::Workshop;
use crate::library::{Library, rebuild_index};

/// Copies the dataset at an address of an object store into a folder, and makes its indexes. What is there already is not
/// sent again; a folder with an older snapshot of it gets the newer one.
pub fn pull(
    address: &str,
    dir: &Path,
    memory_bytes: usize,
    threads: NonZeroUsize,
    interrupt: &AtomicBool,
    progress: &dyn Fn(TransferProgress),
) -> Result<Transferred, Error> {
    let folder = Folder::open(&address.parse()?)?;
    let current = small(&folder, CURRENT)?.ok_or_else(|| DatasetError::NotADataset { dir: address.into() })?;
    let name = String::from_utf8_lossy(&current).trim().to_owned();
    // The name goes into a path: nothing but a manifest's name may stand there.
    let number = name.strip_prefix("manifest-").and_then(|rest| rest.strip_suffix(".json"));
    if !number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
        let file = format!("{address}/{CURRENT}").into();
        return Err(DatasetError::Damaged { file, message: "it names no manifest".to_owned() }.into());
    }
    let workshop = Workshop::open(dir)?;
    let stage = workshop.dir.join("pulled");
    fs_err::create_dir_all(&stage).map_err(Error::file(&stage))?;
    let manifest_bytes = small(&folder, &name)?.ok_or_else(|| missing(&folder, &name))?;
    // Read where it would be: it is believed only if it is whole, of a known version, and names nothing outside.
    let staged = stage.join(&name);
    write_atomically(&staged, &manifest_bytes)?;
    let manifest = Manifest::read(&staged)?;
    refuse_another(dir, &manifest)?;
    let total = files(&manifest).map(|entry| entry.bytes).sum();
    let mut done = Transferred { snapshot: manifest.snapshot, ..Transferred::default() };
    let mut there = 0;
    for entry in files(&manifest) {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        // What was fetched waits in the workshop, where whoever is interrupted finds it again.
        let staged = stage.join(&entry.file);
        if !is_file(&dir.join(&entry.file), entry)? && !is_file(&staged, entry)? {
            let part = stage.join("part");
            // More than the manifest says is not even begun.
            if folder.size(&entry.file)? != Some(entry.bytes) {
                return Err(other_bytes(address, &entry.file));
            }
            folder.fetch(&entry.file, &part)?;
            if !is_file(&part, entry)? {
                return Err(other_bytes(address, &entry.file));
            }
            place(&part, &staged)?;
            done.sent += 1;
            done.bytes += entry.bytes;
        }
        done.files += 1;
        there += entry.bytes;
        progress(TransferProgress { done: there, total });
    }
    for entry in files(&manifest) {
        let staged = stage.join(&entry.file);
        if staged.is_file() {
            place(&staged, &dir.join(&entry.file))?;
        }
    }
    for name in BESIDE {
        if let Some(bytes) = small(&folder, name)? {
            write_atomically(&dir.join(name), &bytes)?;
        }
    }
    place(&staged, &dir.join(&name))?;
    write_atomically(&dir.join(CURRENT), &current)?;
    if Library::open(&[dir.to_owned()]).is_err() {
        rebuild_index(dir, memory_bytes, threads)?;
    }
    workshop.clear()?;
    Ok(done)
}

/// A dataset of something else must not be mixed with this one.
fn refuse_another(dir: &Path, manifest: &Manifest) -> Result<(), Error> {
    let there = match Manifest::current(dir) {
        Ok(there) => there,
        Err(DatasetError::NotADataset { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let shares_files = || files(&there).any(|one| files(manifest).any(|other| one == other));
    let message = if there.snapshot > manifest.snapshot {
        "it holds a newer snapshot\nhint: push it, or choose another folder"
    } else if there.root != manifest.root && !shares_files() {
        "it holds another dataset\nhint: choose an empty folder"
    } else {
        return Ok(());
    };
    Err(Error::Output { dir: dir.to_owned(), message: message.to_owned() })
}

/// A file that is read as a whole.
fn small(folder: &Folder, name: &str) -> Result<Option<Vec<u8>>, Error> {
    match folder.size(name)? {
        Some(bytes) if bytes > MOST_BYTES => {
            let file = folder.address().join(name).to_string().into();
            let message = format!("it has {bytes} bytes, and {MOST_BYTES} are the limit");
            Err(DatasetError::Damaged { file, message }.into())
        }
        Some(_) => Ok(folder.read(name)?),
        None => Ok(None),
    }
}

fn place(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let placed = || {
        fs_err::File::open(from)?.sync_all()?;
        fs_err::rename(from, to)?;
        sync_folder(to)
    };
    placed().map_err(Error::file(to))
}

fn missing(folder: &Folder, name: &str) -> Error {
    StorageError::NotFound { address: folder.address().join(name).to_string() }.into()
}

fn other_bytes(address: &str, file: &str) -> Error {
    let message = "its bytes are not those that its manifest names".to_owned();
    DatasetError::Damaged { file: format!("{address}/{file}").into(), message }.into()
}
