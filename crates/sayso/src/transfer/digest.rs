use std::io::Read;
use std::path::Path;

use sayso_core::Sha256;
use sayso_dataset::FileEntry;
use sha2::Digest;

use crate::Error;

/// Whether a file of this machine is the one that a manifest names.
pub(super) fn is_file(path: &Path, entry: &FileEntry) -> Result<bool, Error> {
    match fs_err::metadata(path) {
        Ok(metadata) if metadata.len() == entry.bytes => Ok(digest_of(path)? == entry.sha256),
        _ => Ok(false),
    }
}

/// The SHA-256 of a file in hexadecimal.
pub(crate) fn digest_of(path: &Path) -> Result<String, Error> {
    let mut file = fs_err::File::open(path).map_err(Error::file(path))?;
    let (mut hasher, mut buffer) = (sha2::Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer).map_err(Error::file(path))?;
        if read == 0 {
            return Ok(Sha256(hasher.finalize().into()).to_string());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}
