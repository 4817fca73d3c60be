use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::IndexError;
use crate::packed::TextPart;

/// The name of the snapshot that an index was built from, as its manifest has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(pub String);

/// The newest version of the index that this program writes and reads.
///
/// The version goes up when the engine's files, the fields or the tokens change: an index whose tokens differ from
/// those of a query finds too little and says nothing about it.
pub(crate) const VERSION: u64 = 3;

/// The version of an index that is not in parts, which programs that know of no parts read as well.
const WHOLE: u64 = 2;

const FILE: &str = "index.json";
const FORMAT: &str = "sayso-text";

/// What an index says of itself, in a file beside the engine's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    format: String,
    version: u64,
    pub(crate) snapshot: SnapshotId,
    pub(crate) documents: u64,
    /// The files of an index in parts, in the order of their samples; none of one whose files are the engine's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<TextPart>,
}

/// The part of it that every version has, read first so that a newer one is recognised whatever else it holds.
#[derive(Deserialize)]
struct Lineage {
    format: String,
    version: u64,
}

impl Mark {
    pub(crate) fn new(snapshot: SnapshotId, documents: u64) -> Self {
        Self { format: FORMAT.to_owned(), version: WHOLE, snapshot, documents, parts: Vec::new() }
    }

    pub(crate) fn in_parts(snapshot: SnapshotId, parts: Vec<TextPart>) -> Self {
        let documents = parts.iter().map(|part| part.documents).sum();
        Self { format: FORMAT.to_owned(), version: VERSION, snapshot, documents, parts }
    }

    /// Puts it in place of the one that is there, whole or not at all.
    pub(crate) fn replace(&self, dir: &Path) -> Result<(), IndexError> {
        let temporary = dir.join(".mark");
        fs_err::create_dir_all(&temporary)?;
        write_mark(self, &temporary)?;
        fs_err::File::open(temporary.join(FILE))?.sync_data()?;
        fs_err::rename(temporary.join(FILE), dir.join(FILE))?;
        fs_err::remove_dir(&temporary)?;
        Ok(fs_err::File::open(dir)?.sync_all()?)
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<(), IndexError> {
        write_mark(self, dir)
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, IndexError> {
        read_mark(dir, FORMAT, VERSION)
    }
}

/// Writes what an index says of itself into its folder.
pub(crate) fn write_mark(mark: &impl Serialize, dir: &Path) -> Result<(), IndexError> {
    let mut json = serde_json::to_vec_pretty(mark).map_err(std::io::Error::from)?;
    json.push(b'\n');
    Ok(fs_err::write(dir.join(FILE), json)?)
}

/// Reads what the index of this format in `dir` says of itself, of which `supported` is the newest version.
pub(crate) fn read_mark<M: DeserializeOwned>(dir: &Path, format: &str, supported: u64) -> Result<M, IndexError> {
    let path = dir.join(FILE);
    let json = match fs_err::read(&path) {
        Ok(json) => json,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(IndexError::Absent { dir: dir.to_owned() });
        }
        Err(error) => return Err(error.into()),
    };
    let damaged = |reason: String| IndexError::Damaged { dir: dir.to_owned(), reason };
    let unreadable = |error: serde_json::Error| damaged(format!("`{FILE}` cannot be read: {error}"));
    let lineage: Lineage = serde_json::from_slice(&json).map_err(unreadable)?;
    if lineage.format != format {
        return Err(damaged(format!("`{FILE}` is of format `{}` and not `{format}`", lineage.format)));
    }
    if lineage.version > supported {
        return Err(IndexError::Future { dir: dir.to_owned(), version: lineage.version, supported });
    }
    if lineage.version == 0 {
        return Err(damaged(format!("`{FILE}` has version 0, which never was")));
    }
    serde_json::from_slice(&json).map_err(unreadable)
}
