use std::io::Write;
use std::path::Path;

use sayso_core::crash_point;

use crate::DatasetError;

/// Writes a file so that it is there whole or not at all, also after a power cut.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), DatasetError> {
    let temporary = path.with_extension("tmp");
    let write = || {
        crash_point("before a file is written");
        let mut file = fs_err::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        crash_point("before a file gets its name");
        fs_err::rename(&temporary, path)?;
        crash_point("behind a file that got its name");
        sync_folder(path)
    };
    write().map_err(DatasetError::io(path))
}

/// Makes a rename inside the folder of `path` last.
pub fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        // A bare name lies in the folder in which one is.
        Some(folder) if folder.as_os_str().is_empty() => fs_err::File::open(".")?.sync_all(),
        Some(folder) => fs_err::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Removes a file, which may be gone already.
pub fn remove_if_there(path: &Path) -> Result<(), DatasetError> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(DatasetError::io(path)(error)),
        _ => Ok(()),
    }
}
