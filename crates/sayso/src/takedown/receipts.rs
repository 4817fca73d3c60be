use std::io::{self, Write};
use std::path::Path;

use sayso_core::{RowMask, Uid};
use sayso_dataset::{Dataset, Manifest, Tombstone};
use sayso_index::UidIndex;
use sayso_registry::Registry;
use sayso_registry::claim::ClaimId;
use sayso_registry::log::SigningKey;
use sayso_registry::receipt::Trusted;

use crate::Error;
use crate::receipts::{Removal, Sides, keep_statement, open_uids, statement_of, write_receipts};

/// Of what receipts are made.
#[derive(Debug, Clone, Default)]
pub struct ReceiptsOf {
    /// The snapshot from which samples were removed first; the newest one that removes any, if none is named.
    pub snapshot: Option<u64>,
    /// Only what these claims took out; all where none are named.
    pub claims: Vec<ClaimId>,
    /// Only these samples; all where none are named.
    pub uids: Vec<Uid>,
}

/// Writes receipts of what a takedown removed from a dataset, one on each line, and keeps what was signed beside the manifests.
/// Says how many.
///
/// They prove by the uids of the snapshot before, which are there until the dataset is purged, judged or fetched anew.
pub fn receipts(
    dir: &Path,
    of: &ReceiptsOf,
    registry: &mut Registry,
    key: &SigningKey,
    out: &mut dyn Write,
) -> Result<u64, Error> {
    let dataset = Dataset::open(dir)?;
    let [before, after] = snapshots(&dataset, of.snapshot)?;
    let log = registry.identity().key.name().to_owned();
    let mut removed = Vec::new();
    for entry in after.tombstones.iter().filter(|entry| !before.tombstones.contains(entry)) {
        dataset.each_tombstone_of(entry, |stone| removed.extend(wanted(&stone, of, &log)))?;
    }
    if removed.is_empty() {
        return Ok(0);
    }
    let index = open_uids(&dataset)?;
    let masks = [dataset.removed_in(&before)?, dataset.removed_in(&after)?];
    let [mask_before, mask_after] = &masks;
    let walk = |mask| uids(&dataset, &index, mask).map_err(Error::file(dir));
    let manifest = |manifest: &Manifest| dir.join(Manifest::file_name(manifest.snapshot));
    let stated_before = statement_of(dir, &manifest(&before), walk(mask_before)?, key)?;
    let stated_after = statement_of(dir, &manifest(&after), walk(mask_after)?, key)?;
    keep_statement(dir, &stated_before)?;
    keep_statement(dir, &stated_after)?;
    let sides = Sides { before: (&stated_before, walk(mask_before)?), after: (&stated_after, walk(mask_after)?) };
    let (builder, of_registry) = ([key.public()], [registry.identity().key.clone()]);
    let trusted = Trusted { builder: &builder, registry: &of_registry };
    write_receipts(out, sides, &removed, registry, &trusted)
}

/// The snapshot that removed samples, behind the one before it.
fn snapshots(dataset: &Dataset, wanted: Option<u64>) -> Result<[Manifest; 2], Error> {
    let dir = dataset.dir();
    let refused = |message: &str| Error::Input { input: dir.display().to_string(), message: message.to_owned() };
    let newest = dataset.manifest();
    let read = |snapshot: u64| Manifest::read(&dir.join(Manifest::file_name(snapshot)));
    let mut after = match wanted {
        Some(snapshot) => read(snapshot)?,
        None => newest.clone(),
    };
    loop {
        let gone = || {
            refused(
                "no takedown is there of which receipts could be made: its shards were written anew since, or nothing was taken out\n\
                 hint: have receipts made with the takedown, by `--receipt FILE`",
            )
        };
        // A snapshot whose shards are others has another index, too.
        if after.indexed_as.is_none() || after.indexed_as() != newest.indexed_as() {
            return Err(gone());
        }
        let before = read(after.snapshot - 1).map_err(|_| gone())?;
        if before.tombstones.len() < after.tombstones.len() {
            return Ok([before, after]);
        }
        if wanted.is_some() {
            return Err(refused("nothing was taken out with this snapshot"));
        }
        after = before;
    }
}

fn wanted(stone: &Tombstone, of: &ReceiptsOf, log: &str) -> Option<Removal> {
    let is_of = (of.claims.is_empty() || of.claims.contains(&ClaimId(stone.entry)))
        && (of.uids.is_empty() || of.uids.contains(&stone.uid))
        && stone.log == log;
    is_of.then_some(Removal { uid: stone.uid, entry: stone.entry })
}

/// The uids of a snapshot in their order: all of its shards' but those that were removed from it.
fn uids<'a>(
    dataset: &'a Dataset,
    index: &'a UidIndex,
    removed: &'a RowMask,
) -> io::Result<impl Iterator<Item = io::Result<Uid>> + 'a> {
    let present = |found: io::Result<(Uid, u32, u32)>| match found {
        Ok((uid, shard, row)) => (!removed.contains(dataset.place(shard, row))).then_some(Ok(uid)),
        Err(error) => Some(Err(error)),
    };
    Ok(index.sorted()?.filter_map(present))
}
