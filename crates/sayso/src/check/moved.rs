use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::sidecar::paths_beside;
use crate::Error;

/// A file that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it was.
    pub from: PathBuf,
    /// Where it is.
    pub to: PathBuf,
}

/// What became of pictures that were to be moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoveReport {
    /// Files that were moved.
    pub moved: Vec<Moved>,
    /// Pictures that stay where they are, and why.
    pub stayed: Vec<(PathBuf, String)>,
}

/// Moves `pictures`, which were refused, with their captions and sources, into `folder`, under the path each had below the
/// root in which it was found. Nothing is overwritten: a picture for which there is no room stays, with all beside it.
#[must_use]
pub fn move_refused(pictures: &[PathBuf], roots: &[PathBuf], folder: &Path) -> MoveReport {
    let mut report = MoveReport::default();
    let mut known = HashSet::new();
    for picture in pictures.iter().filter(|picture| known.insert(*picture)) {
        if let Err(error) = move_picture(picture, roots, folder, &mut report.moved) {
            let why = error.to_string().lines().next().unwrap_or_default().to_owned();
            report.stayed.push((picture.clone(), why));
        }
    }
    report
}

fn move_picture(picture: &Path, roots: &[PathBuf], folder: &Path, moved: &mut Vec<Moved>) -> Result<(), Error> {
    let root = roots.iter().find(|root| root.is_dir() && picture.starts_with(root));
    let below = root.and_then(|root| picture.strip_prefix(root).ok());
    let below = below.or_else(|| picture.file_name().map(Path::new)).unwrap_or(picture);
    let target = folder.join(below);
    if let Some(parent) = target.parent() {
        fs_err::create_dir_all(parent).map_err(Error::file(parent))?;
    }
    // The picture goes first: what lies beside it may be what refuses it, and without that it would be admitted by
    // whoever is interrupted here and checks again.
    let beside = paths_beside(picture).into_iter().map(|from| {
        let to = from.extension().map_or_else(|| target.clone(), |extension| target.with_extension(extension));
        Moved { from, to }
    });
    let first = Moved { from: picture.to_owned(), to: target.clone() };
    let files: Vec<Moved> = std::iter::once(first).chain(beside).collect();
    if let Some(Moved { to, .. }) = files.iter().find(|file| file.to.symlink_metadata().is_ok()) {
        let error = io::Error::new(io::ErrorKind::AlreadyExists, "a file of this name is there already");
        return Err(Error::file(to)(error));
    }
    for file in files {
        move_file(&file.from, &file.to)?;
        moved.push(file);
    }
    Ok(())
}

fn move_file(from: &Path, to: &Path) -> Result<(), Error> {
    match fs_err::rename(from, to) {
        // Another disk: the copy is complete before the original goes.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            fs_err::copy(from, to).map_err(Error::file(to))?;
            fs_err::remove_file(from).map_err(Error::file(from))
        }
        result => result.map_err(Error::file(from)),
    }
}
