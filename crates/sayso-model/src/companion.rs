//! Files beside a checkpoint: how a net is to be used.

use std::io::Read;
use std::path::Path;

use fs_err::File;
use serde::de::DeserializeOwned;

use crate::ModelError;

/// Bytes of such a file; the largest, a tokenizer with its vocabulary, has some MB.
const BYTES: u64 = 32 << 20;

/// The text of a file, if there is one.
pub(crate) fn text(path: &Path) -> Result<Option<String>, ModelError> {
    let failed = |source: std::io::Error| ModelError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    let read = file.take(BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > BYTES {
        return Err(ModelError::Companion {
            path: path.to_owned(),
            reason: format!("it has more than {BYTES} bytes"),
            hint: "put the file of the model's own repository there",
        });
    }
    Ok(Some(text))
}

/// What a JSON file says, if there is one.
pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ModelError> {
    let Some(text) = text(path)? else {
        return Ok(None);
    };
    serde_json::from_str(&text).map(Some).map_err(|error| ModelError::Companion {
        path: path.to_owned(),
        reason: format!("it cannot be understood: {error}"),
        hint: "put the file of the model's own repository there",
    })
}
