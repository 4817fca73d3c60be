use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray;
use sayso_dataset::DatasetError;

use super::decide::Decider;
use super::report::Taken;
use crate::Error;
use crate::library::Shelf;
use crate::rejudge::KnownColumns;

/// Columns by which it is decided, and what is told of what goes. Where a few rows lie all over a dataset, each page of each of them is
/// inflated: what is not looked at is not read.
const COLUMNS: [&str; 8] = ["uid", "url", "caption", "page_url", "creator", "sha256", "pdq", "pdq_quality"];

/// Rows that are not worth a thread of their own.
const FEWEST: usize = 64;

/// A shard and a row of it.
type Place = (u32, u32);

impl Decider<'_> {
    /// Those of the rows that go, in the order of the dataset.
    pub(super) fn of_places(
        &self,
        shelf: &Shelf,
        places: &BTreeSet<Place>,
        threads: NonZeroUsize,
    ) -> Result<Vec<Taken>, Error> {
        let is_there = |(shard, row): &Place| !shelf.dataset.is_removed(*shard, *row);
        let places: Vec<Place> = places.iter().copied().filter(is_there).collect();
        let at_once = places.len().div_ceil(threads.get()).max(FEWEST);
        let pieces: Vec<&[Place]> =
            places.chunk_by(|a, b| a.0 == b.0).flat_map(|of_shard| of_shard.chunks(at_once)).collect();
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..threads.get().min(pieces.len()) {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(piece) = pieces.get(number) else { return };
                        let taken = self.of_piece(shelf, piece);
                        if taken.is_err() {
                            next.store(pieces.len(), Ordering::Relaxed);
                        }
                        done.lock().unwrap_or_else(PoisonError::into_inner).push((number, taken));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(number, _)| *number);
        let mut all = Vec::new();
        for (_, taken) in done {
            all.extend(taken?);
        }
        Ok(all)
    }

    /// The same of rows of one shard.
    fn of_piece(&self, shelf: &Shelf, places: &[Place]) -> Result<Vec<Taken>, Error> {
        let mut taken = Vec::new();
        let Some((shard, _)) = places.first().copied() else { return Ok(taken) };
        let rows: Vec<u32> = places.iter().map(|(_, row)| *row).collect();
        let entry = shelf.dataset.manifest().samples.get(shard as usize);
        let path = entry.map(|entry| shelf.dataset.dir().join(&entry.file)).unwrap_or_default();
        let mut next = rows.iter();
        for batch in shelf.dataset.selected(shard, &rows, Some(&COLUMNS))? {
            let batch = batch?;
            let columns = KnownColumns::of(&batch, &path)?;
            let captions = batch.column_by_name("caption").and_then(|column| column.as_string_opt::<i32>());
            let missing =
                || DatasetError::Damaged { file: path.clone(), message: "its column `caption` is missing".to_owned() };
            let captions = captions.ok_or_else(missing)?;
            for (at, row) in (0..batch.num_rows()).zip(&mut next) {
                let picture = columns.grounded(at);
                if let Some(by) = self.taken_by(&picture) {
                    let (url, caption) = (picture.url.to_owned(), captions.value(at).to_owned());
                    taken.push(Taken { uid: columns.uid(at)?, url, caption, by, shard, row: *row });
                }
            }
        }
        Ok(taken)
    }
}
