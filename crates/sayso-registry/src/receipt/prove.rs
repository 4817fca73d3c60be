use std::io;

use sayso_core::{Sha256, Uid};

use super::document::{Absence, Presence};
use super::range::{above, beside};
use super::tree::{BLOCK, KEPT_LEVEL, UidTree, UidTreeError, in_order, uid_hash};

/// Whether a uid is in a tree, with the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    In(Presence),
    /// It is not.
    Out(Absence),
}

/// The uids below one kept hash, with the levels up to it once a proof has asked for them.
struct Block {
    number: u64,
    uids: Vec<Uid>,
    levels: Vec<Vec<Sha256>>,
}

impl UidTree {
    /// Proves of each wanted uid that it is in the tree, or that it is not, in the order in which they are asked for.
    ///
    /// `uids` are once more those that the tree was made of: they are walked along once, however many are wanted.
    pub fn prove(
        &self,
        mut uids: impl Iterator<Item = io::Result<Uid>>,
        wanted: &[Uid],
    ) -> Result<Vec<Standing>, UidTreeError> {
        let mut order: Vec<(Uid, usize)> = wanted.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let mut left = order.into_iter().peekable();
        let mut proven: Vec<(usize, Standing)> = Vec::with_capacity(wanted.len());
        let (mut before, mut seen) = (None, 0_u64);
        // A uid that is not there may stand between the last of one block and the first of the next.
        let mut blocks: [Option<Block>; 2] = [None, None];
        while let Some(block) = Block::read(&mut uids, &mut before, seen)? {
            seen += block.uids.len() as u64;
            let last = block.uids.last().copied();
            let [_, previous] = blocks;
            blocks = [previous, Some(block)];
            while let Some((uid, place)) = left.next_if(|(uid, _)| Some(*uid) <= last) {
                proven.push((place, self.standing(&mut blocks, uid)?));
            }
        }
        if seen != self.count() {
            return Err(UidTreeError::Changed);
        }
        for (uid, place) in left {
            proven.push((place, self.standing(&mut blocks, uid)?));
        }
        proven.sort_unstable_by_key(|(place, _)| *place);
        Ok(proven.into_iter().map(|(_, standing)| standing).collect())
    }

    /// Where a uid stands that is not behind the last of these blocks, or behind all.
    fn standing(&self, blocks: &mut [Option<Block>; 2], uid: Uid) -> Result<Standing, UidTreeError> {
        let [previous, Some(block)] = &*blocks else {
            return Ok(Standing::Out(Absence { number: 0, left: None, right: None, path: Vec::new() }));
        };
        let at = block.uids.partition_point(|it| *it < uid);
        let number = block.number * BLOCK as u64 + at as u64;
        let right = block.uids.get(at).copied();
        if right == Some(uid) {
            return Ok(Standing::In(Presence { number, path: self.path(blocks, number, 1)? }));
        }
        let left = match at.checked_sub(1) {
            Some(at) => block.uids.get(at).copied(),
            None => previous.as_ref().and_then(|block| block.uids.last().copied()),
        };
        let number = if left.is_some() { number - 1 } else { number };
        let count = u64::from(left.is_some()) + u64::from(right.is_some());
        Ok(Standing::Out(Absence { number, left, right, path: self.path(blocks, number, count)? }))
    }

    /// The hashes beside leaves that lie in these blocks.
    fn path(&self, blocks: &mut [Option<Block>; 2], first: u64, count: u64) -> Result<Vec<Sha256>, UidTreeError> {
        let mut path = Vec::new();
        for (level, number) in beside(self.count(), first, count) {
            path.push(match level.checked_sub(KEPT_LEVEL) {
                Some(kept) => hash_at(&self.rows, kept, number)?,
                None => {
                    let below = KEPT_LEVEL - level;
                    let mut blocks = blocks.iter_mut().flatten();
                    let block = blocks.find(|block| block.number == number >> below).ok_or(UidTreeError::Changed)?;
                    block.complete(hash_at(&self.rows, 0, block.number)?)?;
                    hash_at(&block.levels, level, number - (block.number << below))?
                }
            });
        }
        Ok(path)
    }
}

fn hash_at(rows: &[Vec<Sha256>], level: usize, number: u64) -> Result<Sha256, UidTreeError> {
    let row = rows.get(level).zip(usize::try_from(number).ok());
    row.and_then(|(row, at)| row.get(at)).copied().ok_or(UidTreeError::Changed)
}

impl Block {
    /// The next uids; `None` where there are no more.
    fn read(
        uids: &mut impl Iterator<Item = io::Result<Uid>>,
        before: &mut Option<Uid>,
        seen: u64,
    ) -> Result<Option<Self>, UidTreeError> {
        let mut block = Self { number: seen / BLOCK as u64, uids: Vec::with_capacity(BLOCK), levels: Vec::new() };
        for uid in uids.take(BLOCK) {
            block.uids.push(in_order(before, uid?)?);
        }
        Ok((!block.uids.is_empty()).then_some(block))
    }

    /// Makes the levels above its uids, which lead to the hash that was kept.
    fn complete(&mut self, kept: Sha256) -> Result<(), UidTreeError> {
        if !self.levels.is_empty() {
            return Ok(());
        }
        let mut row: Vec<Sha256> = self.uids.iter().map(uid_hash).collect();
        while row.len() > 1 {
            let higher = above(&row);
            self.levels.push(row);
            row = higher;
        }
        let is_kept = row.first() == Some(&kept);
        self.levels.push(row);
        // A block alone with one hash at the tree's right edge stands there on each level.
        while self.levels.len() < KEPT_LEVEL {
            self.levels.push(vec![kept]);
        }
        if is_kept { Ok(()) } else { Err(UidTreeError::Changed) }
    }
}
