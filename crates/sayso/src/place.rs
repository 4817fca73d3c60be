use std::path::Path;

use sayso_dataset::sync_folder;

use crate::Error;

/// Gives a finished file its name, so that it is there whole or not at all, also after a power cut. Both are on one file system.
pub(crate) fn place(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let placed = || {
        fs_err::File::open(from)?.sync_all()?;
        fs_err::rename(from, to)?;
        sync_folder(to)
    };
    placed().map_err(Error::file(to))
}
