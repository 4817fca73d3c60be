use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Target;

/// What the names of files that are not in their place yet start and end with.
pub(super) const TEMPORARY: (&str, &str) = (".sayso-", ".tmp");

/// A picture that is complete on the disk, and not in its place yet.
pub(super) struct Placed {
    file: NamedTempFile,
    to: PathBuf,
}

/// Writes `bytes` beside `to`, with the permissions of `from`, and makes them last. Whoever is killed now leaves a
/// hidden file, and everything else as it was.
pub(super) fn write_beside(from: &Path, to: &Path, bytes: &[u8]) -> io::Result<Placed> {
    let folder = to.parent().unwrap_or(Path::new(""));
    fs_err::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(TEMPORARY.0).suffix(TEMPORARY.1).tempfile_in(folder)?;
    file.write_all(bytes)?;
    let permissions = fs_err::metadata(from)?.permissions();
    fs_err::set_permissions(file.path(), permissions)?;
    file.as_file().sync_all()?;
    Ok(Placed { file, to: to.to_owned() })
}

impl Placed {
    /// Where it stands until it is put in its place.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Puts it in its place at once: there is the old file or the new one, whatever happens.
    pub(super) fn put(self, target: &Target) -> io::Result<()> {
        match target {
            Target::InPlace => self.file.persist(&self.to)?,
            Target::Copies(_) => self.file.persist_noclobber(&self.to)?,
        };
        let folder = self.to.parent().unwrap_or(Path::new(""));
        // Elsewhere a folder cannot be opened, and a rename lasts without it.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }
}
