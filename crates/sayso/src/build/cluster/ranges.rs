use std::sync::Arc;

use arrow_array::RecordBatch;
use sayso_cluster::{Cluster, Question, Table};

use super::extract::{KEY_COLUMNS, KEYS};
use super::gather::inside;
use super::part::{Key, SORTED_ROWS};
use super::storage::Storage;
use super::tasks::{SHUFFLED, answered, numbers, texts};
use crate::Error;

/// Into how many ranges the pool is cut, if it is large enough.
const RANGES: u64 = 512;
/// Pairs of a range: fewer are not worth a task, and more take long to do again.
const MIN_PAIRS: u64 = 64 << 10;
const MAX_PAIRS: u64 = 8 << 20;
/// Batches of each run that a range is made of: the first and the last are read for its neighbours, too.
const BATCHES: u64 = 4;

/// Where the pool is cut into ranges of about the same number of pairs: the first key of each range but the first.
pub(super) fn boundaries(
    cluster: &Cluster,
    storage: &dyn Storage,
    gathered: &str,
    pairs: u64,
    tick: impl FnMut() -> bool,
) -> Result<Vec<Key>, Error> {
    let folder = inside(gathered, KEYS);
    let runs = storage.list(&folder)?.len() as u64;
    if runs == 0 {
        return Ok(Vec::new());
    }
    let target = (pairs / RANGES).max(BATCHES * runs * SORTED_ROWS as u64).clamp(MIN_PAIRS, MAX_PAIRS);
    // One site's pairs come from all inputs: what they have together is only known behind a shuffle.
    let sql = "select domain, url, sum(rows) as rows from keys group by domain, url order by domain, url";
    let tables = [Table::of("keys", storage.address(&folder), Arc::clone(&KEY_COLUMNS))];
    let (mut keys, mut pending) = (Vec::new(), 0);
    let take = |batch: RecordBatch| -> Result<(), Error> {
        let (domains, urls) = (texts(&batch, 0)?, texts(&batch, 1)?);
        let rows = numbers(&batch, 2)?;
        for ((domain, url), rows) in domains.iter().zip(urls).zip(rows) {
            if pending >= target {
                pending = 0;
                keys.push(Key {
                    domain: domain.unwrap_or_default().to_owned(),
                    url: url.unwrap_or_default().to_owned(),
                });
            }
            pending += u64::try_from(rows.unwrap_or_default()).unwrap_or_default();
        }
        Ok(())
    };
    answered(
        cluster,
        &Question { sql, tables: &tables, parts: SHUFFLED, most: None, has_statistics: false },
        tick,
        take,
    )?;
    // Whatever order the engine keeps, ranges must not overlap.
    keys.sort();
    keys.dedup();
    Ok(keys)
}
