use std::io;
use std::path::{Path, PathBuf};

use sayso_core::{Sha256, Uid};
use sayso_dataset::{Dataset, Manifest, write_atomically};
use sayso_index::{TextIndex, UidIndex};
use sayso_registry::log::{Checkpoint, SignedNote, SigningKey};
use sayso_registry::receipt::{SnapshotStatement, UidTree};
use sha2::Digest;

use super::identity::dataset_name;
use crate::Error;
use crate::library::{check_snapshot, text_index_dir, uid_index_dir};

/// What a builder said of a snapshot, with the tree over its uids, which proves.
#[derive(Debug, Clone)]
pub struct Stated {
    /// The statement.
    pub statement: SnapshotStatement,
    /// The note that says so.
    pub note: SignedNote,
    /// The tree.
    pub tree: UidTree,
}

/// Makes and signs the statement on the snapshot of a manifest in a dataset's folder. `uids` are those of its samples, in
/// their order: [`uids_without`] walks along them.
pub fn statement_of(
    dir: &Path,
    manifest: &Path,
    uids: impl Iterator<Item = io::Result<Uid>>,
    key: &SigningKey,
) -> Result<Stated, Error> {
    let bytes = fs_err::read(manifest).map_err(Error::file(manifest))?;
    let read = Manifest::read(manifest)?;
    let head = read.registry_head.as_ref().map(|head| {
        Checkpoint::of_head(head).ok_or_else(|| Error::Input {
            input: manifest.display().to_string(),
            message: "the head that it was judged against is none\nhint: restore the dataset from a copy".to_owned(),
        })
    });
    let tree = UidTree::build(uids)?;
    let statement = SnapshotStatement {
        dataset: dataset_name(dir)?,
        snapshot: read.snapshot,
        uids: tree.count(),
        root: tree.root(),
        manifest: Sha256(sha2::Sha256::digest(&bytes).into()),
        registry: head.transpose()?,
    };
    let note = statement.sign(key)?;
    Ok(Stated { statement, note, tree })
}

/// The uid index of a dataset's current snapshot.
pub fn open_uids(dataset: &Dataset) -> Result<UidIndex, Error> {
    let dir = dataset.dir();
    // Files of uids do not name their snapshot; the text index that is written with them does.
    check_snapshot(dir, dataset, "text", TextIndex::open(&text_index_dir(dir))?.snapshot())?;
    let shards = u32::try_from(dataset.manifest().samples.len()).unwrap_or(u32::MAX);
    Ok(UidIndex::open(&uid_index_dir(dir), shards)?)
}

/// All uids of an index in their order, without those that were removed, which are sorted.
pub fn uids_without<'a>(
    index: &'a UidIndex,
    removed: &'a [Uid],
) -> io::Result<impl Iterator<Item = io::Result<Uid>> + 'a> {
    let mut left = removed;
    let mut is_removed = move |uid: &Uid| {
        while let [first, rest @ ..] = left {
            if first >= uid {
                return first == uid;
            }
            left = rest;
        }
        false
    };
    let uids = index.sorted()?.map(|row| row.map(|(uid, _, _)| uid));
    Ok(uids.filter(move |uid| !uid.as_ref().is_ok_and(&mut is_removed)))
}

/// Where the statement on a snapshot is kept, beside its manifest.
#[must_use]
pub fn statement_path(dir: &Path, snapshot: u64) -> PathBuf {
    dir.join(format!("statement-{snapshot:06}.note"))
}

/// Keeps a statement beside its manifest. One that says something else of the same snapshot is never replaced: both together
/// would prove that the builder says two things.
pub fn keep_statement(dir: &Path, stated: &Stated) -> Result<PathBuf, Error> {
    let file = statement_path(dir, stated.statement.snapshot);
    match fs_err::read_to_string(&file) {
        Ok(kept) => {
            let kept: SignedNote = kept.parse()?;
            if kept.text != stated.note.text {
                let message = "it says something else of this snapshot, and whoever has both can prove it\nhint: a snapshot never changes; restore it from a copy, or go on from a new one";
                return Err(Error::Input { input: file.display().to_string(), message: message.to_owned() });
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write_atomically(&file, stated.note.to_string().as_bytes())?;
        }
        Err(error) => return Err(Error::file(&file)(error)),
    }
    Ok(file)
}
