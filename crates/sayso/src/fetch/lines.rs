//! Files of a line of JSON for each thing that is done. A process that is killed leaves whole lines and at most one that is cut.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// Hands over the whole lines of a file, each with where it ends; behind one that is damaged nothing counts: it was done, and
/// is done again. Says where the last one ends. A file that is not there has none.
pub(super) fn each_line<T: DeserializeOwned>(
    path: &Path,
    mut take: impl FnMut(T, u64) -> Result<(), Error>,
) -> Result<u64, Error> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(Error::file(path)(error)),
    };
    let (mut reader, mut text, mut end) = (BufReader::new(file), Vec::new(), 0_u64);
    loop {
        text.clear();
        let read = reader.read_until(b'\n', &mut text).map_err(Error::file(path))?;
        let Some(line) = text.strip_suffix(b"\n").and_then(|line| serde_json::from_slice(line).ok()) else {
            return Ok(end);
        };
        end += read as u64;
        take(line, end)?;
    }
}

/// Goes on with a file behind `end`. What stands there does not count.
pub(super) fn open_at(path: &Path, end: u64) -> Result<File, Error> {
    let open = || {
        let mut file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        Ok(file)
    };
    open().map_err(Error::file(path))
}

/// Lines, to be written in one piece.
pub(super) fn in_bytes<T: Serialize>(lines: impl IntoIterator<Item = T>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, &line)
            .map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}
