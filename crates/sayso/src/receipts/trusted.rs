use std::io::Read;
use std::path::Path;

use sayso_registry::log::{NoteKey, SigningKey};

use crate::Error;

/// Bytes of a file with keys.
const FILE_BYTES: u64 = 65_536;

/// The keys that somebody names: a key itself, or a file with one on each line. A file with a signing key stands for the key that
/// verifies it.
pub fn keys_of(named: &str) -> Result<Vec<NoteKey>, Error> {
    if let Ok(key) = named.parse::<NoteKey>() {
        return Ok(vec![key]);
    }
    let file = Path::new(named);
    let refused = |why: &str| Error::Input { input: named.to_owned(), message: why.to_owned() };
    let mut text = String::new();
    fs_err::File::open(file).and_then(|file| file.take(FILE_BYTES).read_to_string(&mut text)).map_err(|_| {
        refused("it is neither a key nor a file with one\nhint: a key is NAME+ID+KEY, as `sayso key show` prints it")
    })?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys: Vec<NoteKey> = lines
        .map(|line| match line.starts_with("PRIVATE+KEY+") {
            true => line.parse::<SigningKey>().map(|key| key.public()),
            false => line.parse::<NoteKey>(),
        })
        .collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(refused("there is no key in it")) } else { Ok(keys) }
}
