use std::fs::File;
use std::io::Seek as _;

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::folder::{Folder, files};
use crate::Error;

/// The weights with their papers and the pictures that were made, as one zip: in a file of the session's folder that has no name, and is
/// gone as soon as nobody reads it.
pub(super) fn bundle(folder: &Folder) -> Result<File, Error> {
    let here = || Error::file(&folder.path);
    let mut zip = zip::ZipWriter::new(tempfile::tempfile_in(&folder.path).map_err(here())?);
    // Weights and pictures do not get smaller. No times: whoever made it when is not told by the file.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    for (below, name) in [(folder.weights(), ""), (folder.pictures(), "pictures/")] {
        for path in files(&below)? {
            let mut file = fs_err::File::open(&path).map_err(Error::file(&path))?;
            let called = path.file_name().unwrap_or_default().to_string_lossy();
            let begun = zip.start_file(format!("{name}{called}"), stored).map_err(std::io::Error::other);
            begun.and_then(|()| std::io::copy(&mut file, &mut zip)).map_err(Error::file(&path))?;
        }
    }
    let mut done = zip.finish().map_err(std::io::Error::other).map_err(here())?;
    done.rewind().map_err(here())?;
    Ok(done)
}
