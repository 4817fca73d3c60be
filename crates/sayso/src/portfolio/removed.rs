use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{ReceiptStanding, Removed};
use crate::Error;
use crate::library::Library;
use crate::receipts::known_name;

/// A removal, with what a receipt for it must say.
pub(super) struct Stone {
    pub(super) removed: Removed,
    /// The name of the dataset in its builder's statements, where it has one.
    pub(super) signed_as: Option<String>,
    pub(super) log: String,
}

/// What was taken out of the datasets because of these claims of a log, in the order of claims.
pub(super) fn removed(
    library: &Library,
    claims: &BTreeSet<u64>,
    log: &str,
    interrupt: &AtomicBool,
) -> Result<Vec<Stone>, Error> {
    let mut found = Vec::new();
    for shelf in &library.shelves {
        let signed_as = known_name(shelf.dataset.dir())?;
        for file in &shelf.dataset.manifest().tombstones {
            let snapshot = snapshot_of(&file.file);
            shelf.dataset.each_tombstone_of(file, |stone| {
                if stone.log != log || !claims.contains(&stone.entry) {
                    return;
                }
                let removed = Removed {
                    claim: stone.entry,
                    dataset: shelf.name.clone(),
                    uid: stone.uid,
                    snapshot,
                    removed_at: stone.removed_at,
                    reason: stone.reason,
                    receipt: ReceiptStanding::NoneGiven,
                };
                found.push(Stone { removed, signed_as: signed_as.clone(), log: stone.log });
            })?;
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
        }
    }
    // Stable: within a claim they stay in the order of datasets and of time.
    found.sort_by_key(|stone| stone.removed.claim);
    Ok(found)
}

/// The snapshot with which a file of tombstones came: that of tombstones which another dataset handed on has none.
pub(crate) fn snapshot_of(file: &str) -> Option<u64> {
    file.strip_prefix("tombstones/")?.split_once('-')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::snapshot_of;

    #[test]
    fn a_file_of_tombstones_names_its_snapshot() {
        assert_eq!(snapshot_of("tombstones/000012-00000.parquet"), Some(12));
        assert_eq!(snapshot_of("tombstones/00000.parquet"), None);
        assert_eq!(snapshot_of("samples/000012-00000.parquet"), None);
    }
}
