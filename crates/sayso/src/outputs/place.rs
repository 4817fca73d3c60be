use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file whole or not at all; one that is there is replaced.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".sayso-").suffix(".tmp").tempfile_in(folder)?;
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
