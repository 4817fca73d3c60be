use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use sayso_core::Sha256;
use sayso_registry::Listed;
use sayso_registry::claim::ClaimId;
use sayso_registry::log::{Checkpoint, NoteKey};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::Error;

/// What is kept of a registry that somebody else serves.
#[derive(Debug)]
pub(super) struct KeptList {
    pub(super) key: NoteKey,
    pub(super) claims: BTreeMap<ClaimId, Listed>,
    pub(super) head: Option<Checkpoint>,
}

#[derive(Serialize, Deserialize)]
struct FirstLine {
    version: u64,
    address: String,
    key: String,
    head: String,
    claims: usize,
}

const VERSION: u64 = 1;

/// Where the list of a server is kept.
pub(super) fn kept_at(cache: &Path, base: &str) -> PathBuf {
    let name = Sha256(sha2::Sha256::digest(base.as_bytes()).into());
    cache.join("registries").join(format!("{name}.jsonl"))
}

/// A list of which nothing is known yet.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) claims: BTreeMap<ClaimId, Listed>,
    pub(super) head: Option<Checkpoint>,
}

impl KeptList {
    /// Reads a list; `None` where none is kept. One that cannot be read is told: the key that it holds must not be forgotten
    /// unnoticed.
    pub(super) fn read(file: &Path) -> Result<Option<Self>, Error> {
        let opened = match fs_err::File::open(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(Error::file(file))?,
        };
        let damaged = || Error::Input {
            input: file.display().to_string(),
            message:
                "what was kept of the registry is damaged\nhint: remove it, and compare the key that is taken then"
                    .to_owned(),
        };
        let mut lines = BufReader::new(opened).lines();
        let first = lines.next().ok_or_else(damaged)?.map_err(Error::file(file))?;
        let first: FirstLine = serde_json::from_str(&first).map_err(|_| damaged())?;
        if first.version != VERSION {
            return Err(damaged());
        }
        let mut claims = BTreeMap::new();
        for line in lines {
            let row: Listed = serde_json::from_str(&line.map_err(Error::file(file))?).map_err(|_| damaged())?;
            claims.insert(row.claim, row);
        }
        if claims.len() != first.claims {
            return Err(damaged());
        }
        let (key, head) = (first.key.parse().map_err(|_| damaged())?, first.head.parse().map_err(|_| damaged())?);
        Ok(Some(Self { key, claims, head: Some(head) }))
    }
}

impl Rows {
    /// Keeps a list, whole or not at all.
    pub(super) fn write(&self, file: &Path, base: &str, key: &NoteKey, head: &Checkpoint) -> Result<(), Error> {
        if let Some(folder) = file.parent() {
            fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let first = FirstLine {
            version: VERSION,
            address: base.to_owned(),
            key: key.to_string(),
            head: head.to_string(),
            claims: self.claims.len(),
        };
        // Two who read the same registry at once each write a file of their own; the last one stays.
        let temporary = file.with_extension(format!("{}.tmp", std::process::id()));
        let write = || {
            let mut out = BufWriter::new(fs_err::File::create(&temporary)?);
            writeln!(out, "{}", serde_json::to_string(&first)?)?;
            for row in self.claims.values() {
                writeln!(out, "{}", serde_json::to_string(row)?)?;
            }
            out.flush()?;
            out.get_ref().sync_all()?;
            fs_err::rename(&temporary, file)
        };
        write().map_err(Error::file(file))
    }
}
