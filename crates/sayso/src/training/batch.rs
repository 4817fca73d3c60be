use std::num::NonZeroUsize;

use crate::check::source::Unit;

/// Pictures that are judged together. Their bytes lie in memory until all of them are sorted, so what bounds them is bytes.
pub(super) struct Batch {
    units: Vec<Unit>,
    bytes: u64,
    /// Pictures of a batch: no more than keep all threads busy.
    most: usize,
    /// Bytes of one picture that are read.
    file_bytes: u64,
}

/// Pictures of a batch, for each thread.
const EACH: usize = 16;

/// Bytes of all pictures of a batch; one that is longer alone is a batch of its own.
const BYTES: u64 = 256 << 20;

impl Batch {
    pub(super) fn new(threads: NonZeroUsize, file_bytes: u64) -> Self {
        Self { units: Vec::new(), bytes: 0, most: threads.get().saturating_mul(EACH), file_bytes }
    }

    /// Bytes that a unit will take, by what its folder or tar says.
    pub(super) fn bytes_of(&self, unit: &Unit) -> u64 {
        let bytes = match unit {
            // What cannot be asked for its length cannot be read either.
            Unit::File { path, .. } => fs_err::metadata(path).map_or(0, |known| known.len()),
            Unit::Member { extent, .. } => extent.bytes,
            Unit::Row(_) | Unit::Url(_) | Unit::Fault(_) | Unit::Other => 0,
        };
        bytes.min(self.file_bytes)
    }

    /// Whether a unit with so many bytes can join those that wait.
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        self.units.is_empty() || self.units.len() < self.most && self.bytes.saturating_add(bytes) <= BYTES
    }

    pub(super) fn push(&mut self, unit: Unit, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.units.push(unit);
    }

    /// All that wait; none are left.
    pub(super) fn take(&mut self) -> Vec<Unit> {
        self.bytes = 0;
        std::mem::take(&mut self.units)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::num::NonZeroUsize;

    use super::{BYTES, Batch};
    use crate::check::source::{Extent, Unit};

    #[test]
    fn batches_are_bounded_by_bytes_and_by_pictures() {
        let member = |bytes: u64| Unit::Member {
            tar: std::path::Path::new("a.tar").into(),
            name: "a.png".to_owned(),
            extent: Extent { offset: 0, bytes },
            sidecars: Vec::new(),
        };
        let mut batch = Batch::new(NonZeroUsize::new(2).unwrap(), BYTES);
        let mut batches = Vec::new();
        for bytes in [BYTES / 2, BYTES / 2, 1, u64::MAX, 1].into_iter().chain([1; 40]) {
            let unit = member(bytes);
            let bytes = batch.bytes_of(&unit);
            if !batch.has_room(bytes) {
                batches.push((batch.bytes, batch.take().len()));
            }
            batch.push(unit, bytes);
        }
        batches.push((batch.bytes, batch.take().len()));
        // Of a file that says that it is longer, no more than may be read counts.
        assert_eq!(batches, [(BYTES, 2), (1, 1), (BYTES, 1), (32, 32), (9, 9)]);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [0; 10]).unwrap();
        let unit = Unit::File { path: file.path().to_owned(), sidecars: Vec::new(), is_named: true };
        assert_eq!((batch.bytes_of(&unit), batch.bytes_of(&Unit::Other)), (10, 0));
    }
}
