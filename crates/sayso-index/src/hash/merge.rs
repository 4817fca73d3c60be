use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::part::{Astray, Part};
use super::stored::Stored;

/// A hash and the number of the row that has it.
pub(super) type Entry = (Stored, u32);

/// Entries of several sources in order, each of which is in order.
pub(super) struct Merge<'a> {
    sources: Vec<Source<'a>>,
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
}

/// Where entries come from.
pub(super) enum Source<'a> {
    /// From memory.
    Memory(std::slice::Iter<'a, Entry>),
    /// From a part, from this position on.
    Part(&'a Part, usize),
}

impl Source<'_> {
    fn next(&mut self) -> Result<Option<Entry>, Astray> {
        match self {
            Self::Memory(entries) => Ok(entries.next().copied()),
            Self::Part(part, position) if *position < part.header.hashes => {
                let entry = (part.stored(*position)?, part.row(*position)?);
                *position += 1;
                Ok(Some(entry))
            }
            Self::Part(..) => Ok(None),
        }
    }
}

impl<'a> Merge<'a> {
    pub(super) fn of(mut sources: Vec<Source<'a>>) -> Result<Self, Astray> {
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (number, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next()?.map(|entry| Reverse((entry, number))));
        }
        Ok(Self { sources, heads })
    }

    /// The least entry that is left.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Astray> {
        let Some(Reverse((entry, number))) = self.heads.pop() else { return Ok(None) };
        if let Some(source) = self.sources.get_mut(number) {
            self.heads.extend(source.next()?.map(|entry| Reverse((entry, number))));
        }
        Ok(Some(entry))
    }
}
