use std::path::{Path, PathBuf};

use super::called::{Called, is_own, is_whole, told_apart};
use crate::Error;

/// Folders in each other that are gone into.
const DEPTH: usize = 12;

/// Files that are looked at.
const FILES: usize = 200_000;

/// A file that may tell of lineage.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Its path inside the folder that is scanned.
    pub(super) name: String,
    /// What it is called that it is of.
    pub(super) called: Called,
    pub(super) kind: Kind,
}

/// What kind of file it is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The card of a dataset, or of a model.
    Card {
        is_dataset: bool,
    },
    Safetensors,
    Json,
    /// Lines of JSON, which may be receipts of removal.
    Receipts,
    /// `CURRENT` of one of our datasets.
    Dataset,
    Picture,
}

pub(super) struct Walked {
    pub(super) files: Vec<Found>,
    pub(super) faults: Vec<(String, String)>,
}

/// The files of a folder that may tell of lineage, in the order of their names. Links are not followed, but those of the hub's
/// cache, which keeps files in another place than their names.
pub(super) fn walk(dir: &Path) -> Result<Walked, Error> {
    let failed = |source| Error::File { file: dir.to_owned(), source };
    let mut walked = Walked { files: Vec::new(), faults: Vec::new() };
    let mut folders: Vec<(PathBuf, usize, Option<PathBuf>)> = vec![(dir.to_owned(), 0, None)];
    let mut seen = 0;
    while let Some((folder, depth, whole)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(failed(error)),
            Err(error) => {
                walked.faults.push((inside(dir, &folder), error.to_string()));
                continue;
            }
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.sort();
        let is_ours = paths.iter().any(|path| path.file_name().is_some_and(|name| name == "CURRENT"));
        let is_model = paths.iter().any(|path| is_of_model(path));
        let names = || paths.iter().filter_map(|path| path.file_name()?.to_str());
        // The folder of the one model that this one is of, or is a part of.
        let whole = match whole.filter(|_| !is_own(names())) {
            Some(whole) => Some(whole),
            None => is_whole(names()).then(|| folder.clone()),
        };
        let is_part = whole.as_ref().is_some_and(|whole| *whole != folder);
        let called = Called::of_folder(dir, whole.as_ref().unwrap_or(&folder));
        for path in paths {
            seen += 1;
            if seen > FILES {
                walked.faults.push((inside(dir, &path), format!("only {FILES} files are looked at")));
                folders.clear();
                break;
            }
            let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            if path.is_dir() {
                // Of a dataset of ours its manifest tells all.
                if depth < DEPTH && !is_link && !is_ours {
                    folders.push((path, depth + 1, whole.clone()));
                }
                continue;
            }
            let name = inside(dir, &path);
            if let Some(kind) = kind_of(&path, &name, is_model) {
                let called = match kind {
                    Kind::Safetensors => called.clone().of_weights(&path, is_part),
                    // A dataset of ours lies where it lies.
                    Kind::Dataset => Called::of_folder(dir, &folder),
                    _ => called.clone(),
                };
                walked.files.push(Found { path, name, called, kind });
            }
        }
    }
    walked.files.sort_by(|one, other| one.name.cmp(&other.name));
    told_apart(&mut walked.files);
    Ok(walked)
}

fn inside(dir: &Path, path: &Path) -> String {
    path.strip_prefix(dir).unwrap_or(path).to_string_lossy().into_owned()
}

fn is_of_model(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    matches!(name.as_str(), "config.json" | "model_index.json" | "adapter_config.json")
        || [".safetensors", ".ckpt", ".gguf"].iter().any(|end| name.ends_with(end))
}

fn kind_of(path: &Path, name: &str, is_model: bool) -> Option<Kind> {
    let file = path.file_name()?.to_str()?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    match (file, extension.as_str()) {
        ("CURRENT", _) => Some(Kind::Dataset),
        ("README.md", _) => {
            Some(Kind::Card { is_dataset: !is_model && (name.contains("datasets--") || name.starts_with("datasets/")) })
        }
        (_, "safetensors") => Some(Kind::Safetensors),
        (_, "json") => Some(Kind::Json),
        (_, "jsonl") => Some(Kind::Receipts),
        (_, "jpg" | "jpeg" | "png" | "webp" | "avif" | "heic" | "tif" | "tiff") => Some(Kind::Picture),
        _ => None,
    }
}
