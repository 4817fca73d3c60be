//! The file of a part: the engine's files one behind the other, then what they are as JSON, then the length of that JSON
//! in eight bytes (the lowest first), then [`MAGIC`].

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The last bytes of a part, with the version of the format.
const MAGIC: &[u8; 8] = b"SAYSOTP\x01";
/// The length of the JSON, and the magic.
const END_BYTES: usize = 16;
/// More is no list of some files.
const MOST_CONTENTS: u64 = 64 << 20;

/// What a part holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Contents {
    /// The engine's own description, with the segments in the order of their samples.
    pub(super) meta: Value,
    /// The engine's files, in the order in which they lie there, with nothing between them.
    pub(super) files: Vec<Packed>,
}

/// One of the engine's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// The engine's file that describes the others.
pub(super) const META: &str = "meta.json";

/// Packs the index in `folder` into one file, which must not be there yet. The same index gives the same bytes.
pub(super) fn pack(folder: &Path, out: &Path) -> io::Result<u64> {
    let meta = serde_json::from_slice(&fs_err::read(folder.join(META))?)?;
    let mut names: Vec<String> = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Both are said anew, of all parts together.
        if name != META && !name.ends_with(".json") {
            names.push(name);
        }
    }
    names.sort();
    let mut file = BufWriter::with_capacity(1 << 20, fs_err::File::create(out)?);
    let mut contents = Contents { meta, files: Vec::with_capacity(names.len()) };
    let mut total = 0;
    for name in names {
        let bytes = io::copy(&mut fs_err::File::open(folder.join(&name))?, &mut file)?;
        total += bytes;
        contents.files.push(Packed { name, bytes });
    }
    let json = serde_json::to_vec(&contents)?;
    file.write_all(&json)?;
    file.write_all(&(json.len() as u64).to_le_bytes())?;
    file.write_all(MAGIC)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_data()?;
    Ok(total + (json.len() + END_BYTES) as u64)
}

/// Reads what the file of a part holds, or says why it is none.
pub(super) fn contents(file: &File, bytes: u64) -> Result<Contents, String> {
    use std::os::unix::fs::FileExt as _;
    let cut = || "it is cut off".to_owned();
    let at = bytes.checked_sub(END_BYTES as u64).ok_or_else(cut)?;
    let mut end = [0; END_BYTES];
    file.read_exact_at(&mut end, at).map_err(|error| error.to_string())?;
    let (length, magic) = end.split_at(8);
    if magic != MAGIC {
        return Err("it does not end as a part does".to_owned());
    }
    let length = u64::from_le_bytes(length.try_into().map_err(|_| cut())?);
    let start = at.checked_sub(length).filter(|_| length <= MOST_CONTENTS).ok_or_else(cut)?;
    let mut json = vec![0; usize::try_from(length).map_err(|_| cut())?];
    file.read_exact_at(&mut json, start).map_err(|error| error.to_string())?;
    let contents: Contents =
        serde_json::from_slice(&json).map_err(|error| format!("its contents cannot be read: {error}"))?;
    let held = contents.files.iter().try_fold(0_u64, |sum, file| sum.checked_add(file.bytes));
    if held != Some(start) {
        return Err("its files are longer or shorter than it says".to_owned());
    }
    Ok(contents)
}
