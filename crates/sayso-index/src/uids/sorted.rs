use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use sayso_core::Uid;

use super::{ENTRY_BYTES, HEADER, UidIndex};

/// Every uid with its shard and row, in the order of uids.
pub struct SortedUids<'a> {
    shards: Vec<Shard<'a>>,
    /// The next of each shard.
    heap: BinaryHeap<Reverse<(Uid, u32, u32)>>,
    failed: Option<io::Error>,
}

/// One shard's file, read a piece at a time and without its own place in it, which all who walk would share.
struct Shard<'a> {
    file: &'a File,
    entries: u64,
    read: u64,
    buffer: Vec<u8>,
    at: usize,
}

/// Entries of a piece.
const PIECE: u64 = 4096;

impl UidIndex {
    /// Walks along all uids in their order.
    pub fn sorted(&self) -> io::Result<SortedUids<'_>> {
        let shards = self.shards.iter().map(|(file, entries)| Shard {
            file,
            entries: *entries,
            read: 0,
            buffer: Vec::new(),
            at: 0,
        });
        let mut sorted = SortedUids { shards: shards.collect(), heap: BinaryHeap::new(), failed: None };
        for shard in 0..sorted.shards.len() {
            sorted.load(shard)?;
        }
        Ok(sorted)
    }
}

impl SortedUids<'_> {
    /// Puts the next uid of a shard onto the heap.
    fn load(&mut self, shard: usize) -> io::Result<()> {
        if let Some(of_shard) = self.shards.get_mut(shard)
            && let Some((uid, row)) = of_shard.next_entry()?
        {
            self.heap.push(Reverse((uid, u32::try_from(shard).unwrap_or(u32::MAX), row)));
        }
        Ok(())
    }
}

impl Iterator for SortedUids<'_> {
    type Item = io::Result<(Uid, u32, u32)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let Reverse(next) = self.heap.pop()?;
        // What was found before the disk failed still counts; the failure comes next.
        self.failed = self.load(next.1 as usize).err();
        Some(Ok(next))
    }
}

impl Shard<'_> {
    fn next_entry(&mut self) -> io::Result<Option<(Uid, u32)>> {
        if self.at == self.buffer.len() {
            let entries = (self.entries - self.read).min(PIECE);
            if entries == 0 {
                return Ok(None);
            }
            self.buffer.resize(usize::try_from(entries * ENTRY_BYTES).unwrap_or(0), 0);
            self.file.read_exact_at(&mut self.buffer, HEADER.len() as u64 + self.read * ENTRY_BYTES)?;
            (self.read, self.at) = (self.read + entries, 0);
        }
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let (Some(uid), Some(row)) =
            (rest.first_chunk::<16>(), rest.get(16..).and_then(|rest| rest.first_chunk::<4>()))
        else {
            return Ok(None);
        };
        self.at += 20;
        Ok(Some((Uid::from_bytes(*uid), u32::from_le_bytes(*row))))
    }
}
