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

/// Moves `pictures`, which were refused, with their captions and sources, into `folder`, under the path each had below the
/// root in which it was found. Nothing is overwritten.
pub fn move_refused(pictures: &[PathBuf], roots: &[PathBuf], folder: &Path) -> Result<Vec<Moved>, Error> {
    let mut moved = Vec::new();
    for picture in pictures {
        let root = roots.iter().find(|root| root.is_dir() && picture.starts_with(root));
        let below = root.and_then(|root| picture.strip_prefix(root).ok());
        let below = below.or_else(|| picture.file_name().map(Path::new)).unwrap_or(picture);
        let target = folder.join(below);
        if let Some(parent) = target.parent() {
            fs_err::create_dir_all(parent).map_err(Error::file(parent))?;
        }
        // The picture goes last: whoever is interrupted and runs again finds the rest of it still beside it.
        let mut files = paths_beside(picture);
        files.push(picture.clone());
        for from in files {
            let to = from.extension().map_or_else(|| target.clone(), |extension| target.with_extension(extension));
            move_file(&from, &to)?;
            moved.push(Moved { from, to });
        }
    }
    Ok(moved)
}

fn move_file(from: &Path, to: &Path) -> Result<(), Error> {
    if to.exists() {
        let error = io::Error::new(io::ErrorKind::AlreadyExists, "a file of this name is there already");
        return Err(Error::file(to)(error));
    }
    match fs_err::rename(from, to) {
        // Another disk: the copy is complete before the original goes.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            fs_err::copy(from, to).map_err(Error::file(to))?;
            fs_err::remove_file(from).map_err(Error::file(from))
        }
        result => result.map_err(Error::file(from)),
    }
}
