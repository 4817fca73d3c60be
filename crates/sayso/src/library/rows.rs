use arrow_array::RecordBatch;
use sayso_index::Query;

use super::Library;
use crate::Error;

/// Rows that are looked for in a shard at once.
const ROWS: usize = 64 << 10;

impl Library {
    /// The names of all columns that samples have, in any of the datasets.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.shelves.iter().flat_map(|shelf| shelf.dataset.columns()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Hands out the samples that `query` finds, or all, `limit` at most: dataset by dataset, in the order of their rows.
    /// Returns how many they were.
    pub(crate) fn each_batch(
        &self,
        query: Option<&str>,
        limit: u64,
        take: &mut dyn FnMut(&RecordBatch) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let query = query.map(Query::parse).transpose()?;
        let mut left = limit;
        for shelf in &self.shelves {
            // Places of hits among all samples, in four bytes each.
            let mut hits: Vec<u32> = Vec::new();
            match &query {
                Some(query) => {
                    let mut add = |row: u64| {
                        if (hits.len() as u64) < left {
                            hits.push(u32::try_from(row).unwrap_or(u32::MAX));
                        }
                    };
                    shelf.text.each(query, &mut add)?;
                }
                None => {
                    let all = u32::try_from(shelf.dataset.manifest().sample_rows()).unwrap_or(u32::MAX);
                    let removed = shelf.dataset.removed();
                    let most = usize::try_from(left).unwrap_or(usize::MAX);
                    hits.extend((0..all).filter(|row| !removed.contains(u64::from(*row))).take(most));
                }
            }
            left -= hits.len() as u64;
            let (mut first, mut rest) = (0_u32, hits.as_slice());
            for (shard, entry) in (0..).zip(&shelf.dataset.manifest().samples) {
                let end = first.saturating_add(u32::try_from(entry.rows).unwrap_or(u32::MAX));
                let (of_shard, others) = rest.split_at(rest.partition_point(|row| *row < end));
                for rows in of_shard.chunks(ROWS) {
                    let rows: Vec<u32> = rows.iter().map(|row| row - first).collect();
                    for batch in shelf.dataset.selected(shard, &rows, None)? {
                        take(&batch?)?;
                    }
                }
                (first, rest) = (end, others);
            }
            if left == 0 {
                break;
            }
        }
        Ok(limit - left)
    }
}
