use std::io;

use sayso_core::{Sha256, Uid};
use sha2::Digest;

use super::range::above;
use crate::log::{empty_root, node_hash};

/// The level whose hashes are kept: what lies below it is made again of 256 uids where a proof needs it.
pub(super) const KEPT_LEVEL: usize = 8;

/// Uids below one hash that is kept.
pub(super) const BLOCK: usize = 1 << KEPT_LEVEL;

/// The Merkle tree over a snapshot's uids in their order, as RFC 6962 builds it. It holds a quarter of a byte for each uid.
#[derive(Debug, Clone)]
pub struct UidTree {
    count: u64,
    root: Sha256,
    /// The levels from [`KEPT_LEVEL`] on.
    pub(super) rows: Vec<Vec<Sha256>>,
}

/// Why there is no tree over some uids, or no proof.
#[derive(Debug, thiserror::Error)]
pub enum UidTreeError {
    /// They cannot be read.
    #[error("cannot read the uids: {0}")]
    Read(#[from] io::Error),
    /// They are out of order, or one comes twice.
    #[error(
        "the uids are not in their order: `{uid}` comes after one that is not smaller\nhint: build the indexes anew with `sayso index`"
    )]
    NotSorted {
        /// The later one.
        uid: Uid,
    },
    /// They are not those of which the tree was made.
    #[error("the uids are not those that the tree was made of\nhint: the dataset changed meanwhile; try again")]
    Changed,
}

/// The hash of a uid as a leaf.
#[must_use]
pub fn uid_hash(uid: &Uid) -> Sha256 {
    let mut leaf = [0; 17];
    let (_, bytes) = leaf.split_at_mut(1);
    bytes.copy_from_slice(uid.as_bytes());
    Sha256(sha2::Sha256::digest(leaf).into())
}

impl UidTree {
    /// The tree over uids, which come in strictly ascending order.
    pub fn build(uids: impl Iterator<Item = io::Result<Uid>>) -> Result<Self, UidTreeError> {
        let (mut count, mut before) = (0_u64, None);
        let (mut open, mut row) = (Vec::with_capacity(BLOCK), Vec::new());
        for uid in uids {
            let uid = in_order(&mut before, uid?)?;
            count += 1;
            open.push(uid_hash(&uid));
            if open.len() == BLOCK {
                row.extend(fold(&mut open));
                open.clear();
            }
        }
        row.extend(fold(&mut open));
        let mut rows = vec![row];
        while let Some(top) = rows.last().filter(|row| row.len() > 1) {
            rows.push(above(top));
        }
        let root = rows.last().and_then(|top| top.first()).copied().unwrap_or_else(empty_root);
        Ok(Self { count, root, rows })
    }

    /// How many uids it is over.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Its root.
    #[must_use]
    pub const fn root(&self) -> Sha256 {
        self.root
    }
}

/// A uid, if it comes after the one before.
pub(super) fn in_order(before: &mut Option<Uid>, uid: Uid) -> Result<Uid, UidTreeError> {
    match before.replace(uid) {
        Some(last) if last >= uid => Err(UidTreeError::NotSorted { uid }),
        _ => Ok(uid),
    }
}

/// The root over a row of hashes, which is used up; nothing is allocated, since this is where the time goes.
fn fold(row: &mut [Sha256]) -> Option<Sha256> {
    let mut width = row.len();
    while width > 1 {
        for at in 0..width / 2 {
            if let (Some(left), Some(right)) = (row.get(2 * at), row.get(2 * at + 1)) {
                let node = node_hash(left, right);
                row.get_mut(at).into_iter().for_each(|place| *place = node);
            }
        }
        if width % 2 == 1 {
            row.swap(width / 2, width - 1);
        }
        width = width.div_ceil(2);
    }
    row.first().copied()
}
