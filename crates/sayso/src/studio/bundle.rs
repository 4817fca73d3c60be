use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::folder::{Folder, files};
use crate::Error;

/// The weights with their papers and the pictures that were made, as one zip.
pub(super) fn bundle(folder: &Folder) -> Result<Vec<u8>, Error> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // Weights and pictures do not get smaller. No times: whoever made it when is not told by the file.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    for (below, name) in [(folder.weights(), ""), (folder.pictures(), "pictures/")] {
        for path in files(&below)? {
            let bytes = fs_err::read(&path).map_err(Error::file(&path))?;
            let called = path.file_name().unwrap_or_default().to_string_lossy();
            let written = zip.start_file(format!("{name}{called}"), stored).map_err(std::io::Error::other);
            written.and_then(|()| zip.write_all(&bytes)).map_err(Error::file(&path))?;
        }
    }
    let done = zip.finish().map_err(std::io::Error::other).map_err(Error::file(&folder.path))?;
    Ok(done.into_inner())
}
