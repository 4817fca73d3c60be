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

/// The files at `paths` and inside folders, in the order of their names, that may say something of their use; and how
/// many others there were.
pub(crate) fn find(paths: &[PathBuf]) -> Result<(Vec<Found>, u64), Error> {
    let (mut found, mut others) = (Vec::new(), 0);
    for path in paths {
        if fs_err::metadata(path).map_err(Error::file(path))?.is_dir() {
            walk(path, &mut found, &mut others)?;
        } else if let Some(kind) = kind_of(path)? {
            found.push(Found { path: path.clone(), kind });
        } else {
            return Err(Error::Input {
                input: path.display().to_string(),
                message: "it is no file that says anything of its use\nhint: robots.txt, ai.txt, tdmrep.json, RSL, \
                          HTML, a saved HTTP answer or a picture can be read"
                    .to_owned(),
            });
        }
    }
    Ok((found, others))
}

fn walk(folder: &Path, found: &mut Vec<Found>, others: &mut u64) -> Result<(), Error> {
    // A stack instead of recursion: folders may lie in one another as deep as they like.
    let mut folders = vec![folder.to_owned()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder).map_err(Error::file(&folder))? {
            let entry = entry.map_err(Error::file(&folder))?;
            let kind = entry.file_type().map_err(Error::file(entry.path()))?;
            // Links are not followed: they may lead in circles, or out of the folder.
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                paths.push(entry.path());
            }
        }
    }
    paths.sort();
    for path in paths {
        match kind_of(&path)? {
            Some(kind) => found.push(Found { path, kind }),
            None => *others += 1,
        }
    }
    Ok(())
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
