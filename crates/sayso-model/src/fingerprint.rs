use std::io::Read;
use std::path::Path;

use fs_err::File;
use sayso_core::Sha256;
use sha2::Digest;

use crate::ModelError;

/// The SHA-256 of a file, read piece by piece.
///
/// # Errors
///
/// When the file cannot be read.
pub fn fingerprint(path: &Path) -> Result<Sha256, ModelError> {
    let file = |source| ModelError::File { path: path.to_owned(), source };
    digest(&mut File::open(path).map_err(file)?).map_err(file)
}

/// The SHA-256 of what is left to read.
pub(crate) fn digest(reader: &mut impl Read) -> std::io::Result<Sha256> {
    let mut hasher = sha2::Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(Sha256(hasher.finalize().into())),
            Ok(read) => hasher.update(piece.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
