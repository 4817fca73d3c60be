use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Finds out whether a file can be written there, and leaves nothing behind.
pub fn try_place(path: &Path) -> io::Result<()> {
    unfinished(path).and_then(NamedTempFile::close)
}

/// A file beside a place, under a name that no other has.
fn unfinished(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".sayso-").suffix(".tmp").tempfile_in(folder)
}

/// Writes a file whole or not at all; one that is there is replaced.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = unfinished(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A temporary file is for its owner alone; what somebody asked for is as other files of theirs are.
        let mode = fs_err::metadata(path).map_or(0o644, |known| known.permissions().mode());
        fs_err::set_permissions(file.path(), std::fs::Permissions::from_mode(mode))?;
    }
    file.persist(path)?;
    Ok(())
}
