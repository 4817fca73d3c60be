use std::io::Write;
use std::path::Path;

use crate::DatasetError;

/// Writes a file so that it is there whole or not at all, also after a power cut.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), DatasetError> {
    let temporary = path.with_extension("tmp");
    let write = || {
        let mut file = fs_err::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs_err::rename(&temporary, path)?;
        sync_folder(path)
    };
    write().map_err(DatasetError::io(path))
}

/// Makes a rename inside the folder of `path` last.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs_err::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Removes a file, which may be gone already.
pub fn remove_if_there(path: &Path) -> Result<(), DatasetError> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(DatasetError::io(path)(error)),
        _ => Ok(()),
    }
}
