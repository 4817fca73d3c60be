use super::clerk::Clerk;
use crate::RegistryError;
use crate::claim::ClaimId;
use crate::entry::{Entry, Event, Opening, PrivateField};
use crate::log::{Checkpoint, Growth, SignedNote, TileSource, leaf_hash, root};
use crate::store::{RegistryRead, RegistryWrite};

/// An entry that is to be written: what stands on the log, and what opens its commitments.
pub(super) struct Draft {
    pub(super) event: Event,
    pub(super) openings: Vec<(PrivateField, Opening)>,
}

/// The tiles of a store.
pub(super) struct Tiles<'a>(pub(super) &'a mut dyn RegistryRead);

impl TileSource for Tiles<'_> {
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        self.0.tile(level, index)
    }
}

/// Writes entries behind the last one, and signs the new head. Says the number of the first.
pub(super) fn append(
    write: &mut dyn RegistryWrite,
    clerk: &Clerk<'_>,
    drafts: Vec<Draft>,
) -> Result<u64, RegistryError> {
    let first = write.size()?;
    if drafts.is_empty() {
        return Ok(first);
    }
    if write.identity()?.key != clerk.key.public() {
        return Err(RegistryError::Key { why: "it is not that of the registry" });
    }
    let mut growth = Growth::load(&mut Tiles(write), first)?;
    for (number, Draft { event, openings }) in (first..).zip(drafts) {
        let entry = Entry { version: event.version(), at: clerk.now, event };
        let bytes = entry.bytes()?;
        growth.push(leaf_hash(&bytes));
        write.add_entry(number, entry.claim().unwrap_or(ClaimId(number)), &bytes)?;
        for (field, opening) in openings {
            write.add_opening(number, field, &opening)?;
        }
    }
    let size = growth.size();
    for (level, index, hashes) in growth.into_changed() {
        write.put_tile(level, index, &hashes)?;
    }
    sign(write, clerk, size)?;
    Ok(first)
}

/// Signs the head of a log that has no entry yet.
pub(super) fn sign_empty(write: &mut dyn RegistryWrite, clerk: &Clerk<'_>) -> Result<(), RegistryError> {
    if write.size()? > 0 || write.checkpoint(0)?.is_some() { Ok(()) } else { sign(write, clerk, 0) }
}

fn sign(write: &mut dyn RegistryWrite, clerk: &Clerk<'_>, size: u64) -> Result<(), RegistryError> {
    let root = root(&mut Tiles(write), size)?;
    let origin = clerk.key.public().name().to_owned();
    let note = SignedNote::sign(Checkpoint { origin, size, root }.to_string(), clerk.key)?;
    write.add_checkpoint(size, &note.to_string())
}
