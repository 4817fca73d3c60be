use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_dataset::{DatasetError, Manifest};
use sayso_storage::Folder;

use super::digest::is_file;
use super::there::{There, refusal};
use super::{CURRENT, REPORT, TransferProgress, Transferred, files};
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
    let there = There::look(&folder)?;
    if let Some(message) = there.as_ref().and_then(|there| refusal(&there.manifest, &manifest)) {
        return Err(Error::Output { dir: address.into(), message: message.to_owned() });
    }
    let known: HashSet<(&str, &str)> = there
        .iter()
        .flat_map(|there| files(&there.manifest))
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
    if dir.join(REPORT).is_file() {
        folder.put(&dir.join(REPORT), REPORT)?;
    }
    let name = Manifest::file_name(manifest.snapshot);
    folder.put(&dir.join(&name), &name)?;
    let current = format!("{name}\n").into_bytes();
    // Whoever pushed meanwhile goes first: what they named is looked at before anything takes its place.
    match &there {
        Some(there) => folder.replace(CURRENT, current, &there.current.1)?,
        None => folder.create(CURRENT, current)?,
    };
    Ok(done)
}
