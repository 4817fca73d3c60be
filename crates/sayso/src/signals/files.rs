use std::io::Read;
use std::path::{Path, PathBuf};

use super::SourceKind;
use super::kind::PROBE_BYTES;
use crate::Error;

/// A file that may say something.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) kind: SourceKind,
}

/// What lies at some paths.
#[derive(Debug, Default)]
pub(crate) struct FilesFound {
    /// Files that may say something of their use, in the order of their names.
    pub(crate) files: Vec<Found>,
    /// How many files say nothing of it by their kind.
    pub(crate) others: u64,
    /// Files and folders inside folders that cannot be read, and why.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

/// The files at `paths` and inside folders. A path that was named and cannot be read is an error.
pub(crate) fn find(paths: &[PathBuf]) -> Result<FilesFound, Error> {
    let mut found = FilesFound::default();
    for path in paths {
        if fs_err::metadata(path).map_err(Error::file(path))?.is_dir() {
            drop(fs_err::read_dir(path).map_err(Error::file(path))?);
            found.walk(path);
        } else if let Some(kind) = kind_of(path)? {
            found.files.push(Found { path: path.clone(), kind });
        } else {
            return Err(Error::Input {
                input: path.display().to_string(),
                message: "it is no file that says anything of its use\nhint: robots.txt, ai.txt, tdmrep.json, RSL, \
                          HTML, a saved HTTP answer or a picture can be read"
                    .to_owned(),
            });
        }
    }
    Ok(found)
}

impl FilesFound {
    fn walk(&mut self, folder: &Path) {
        // A stack instead of recursion: folders may lie in one another as deep as they like.
        let mut folders = vec![folder.to_owned()];
        let mut paths = Vec::new();
        while let Some(folder) = folders.pop() {
            let entries = match fs_err::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable.push((folder, error.to_string()));
                    continue;
                }
            };
            for entry in entries {
                match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                    Ok((path, kind)) if kind.is_dir() => folders.push(path),
                    Ok((path, kind)) if kind.is_file() => paths.push(path),
                    // Links are not followed: they may lead in circles, or out of the folder.
                    Ok(_) => self.others += 1,
                    Err(error) => self.unreadable.push((folder.clone(), error.to_string())),
                }
            }
        }
        paths.sort();
        for path in paths {
            match kind_of(&path) {
                Ok(Some(kind)) => self.files.push(Found { path, kind }),
                Ok(None) => self.others += 1,
                Err(error) => self.unreadable.push((path, error.to_string())),
            }
        }
        self.unreadable.sort();
    }
}

fn kind_of(path: &Path) -> Result<Option<SourceKind>, Error> {
    Ok(SourceKind::of(path, &read_up_to(path, PROBE_BYTES as u64)?))
}

/// The first `limit` bytes of a file.
pub(crate) fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    read_into(path, limit, &mut bytes)?;
    Ok(bytes)
}

/// The first `limit` bytes of a file, in a buffer that served for others: fresh memory costs as much as reading.
pub(crate) fn read_into(path: &Path, limit: u64, bytes: &mut Vec<u8>) -> Result<(), Error> {
    bytes.clear();
    let file = fs_err::File::open(path).map_err(Error::file(path))?;
    file.take(limit).read_to_end(bytes).map_err(Error::file(path))?;
    Ok(())
}
