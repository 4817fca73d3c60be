use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_dataset::{DatasetError, Manifest, write_atomically};
use sayso_storage::Folder;

use super::digest::is_file;
use super::there::{There, refusal, small};
use super::{CURRENT, REPORT, TransferProgress, Transferred, files};
use crate::Error;
use crate::build::Workshop;
use crate::library::{Library, rebuild_index};
use crate::place::place;

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
    let there = There::look(&folder)?.ok_or_else(|| DatasetError::NotADataset { dir: address.into() })?;
    let manifest = &there.manifest;
    refuse_another(dir, manifest)?;
    let workshop = Workshop::open(dir)?;
    let stage = workshop.dir.join("pulled");
    fs_err::create_dir_all(&stage).map_err(Error::file(&stage))?;
    let total = files(manifest).map(|entry| entry.bytes).sum();
    let mut done = Transferred { snapshot: manifest.snapshot, ..Transferred::default() };
    let mut here = 0;
    for entry in files(manifest) {
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
        here += entry.bytes;
        progress(TransferProgress { done: here, total });
    }
    for entry in files(manifest) {
        let staged = stage.join(&entry.file);
        if staged.is_file() {
            place(&staged, &dir.join(&entry.file))?;
        }
    }
    if let Some(report) = small(&folder, REPORT)? {
        write_atomically(&dir.join(REPORT), &report)?;
    }
    write_atomically(&dir.join(&there.name), &there.bytes)?;
    write_atomically(&dir.join(CURRENT), &there.current.0)?;
    if Library::open(&[dir.to_owned()]).is_err() {
        rebuild_index(dir, memory_bytes, threads)?;
    }
    workshop.clear()?;
    Ok(done)
}

/// Looks whether the folder may get this snapshot.
fn refuse_another(dir: &Path, comes: &Manifest) -> Result<(), Error> {
    let there = match Manifest::current(dir) {
        Ok(there) => there,
        Err(DatasetError::NotADataset { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    match refusal(&there, comes) {
        Some(message) => Err(Error::Output { dir: dir.to_owned(), message: message.to_owned() }),
        None => Ok(()),
    }
}

fn other_bytes(address: &str, file: &str) -> Error {
    let message = "its bytes are not those that its manifest names".to_owned();
    DatasetError::Damaged { file: format!("{address}/{file}").into(), message }.into()
}
