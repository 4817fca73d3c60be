use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringArray};
use sayso_core::{Stance, Uid};
use sayso_crawl::{host_of, registrable_domain};
use sayso_dataset::{DatasetError, IndexedColumns, index_columns};
use sayso_index::{IndexError, IndexedSample};

use super::facet_rows::FacetColumns;
use crate::Error;

fn damaged(what: &str) -> Error {
    let message = format!("a batch of samples has {what}");
    DatasetError::Damaged { file: "samples".into(), message }.into()
}

/// The columns of a batch that every index needs.
pub(super) fn indexed_columns(batch: &RecordBatch) -> Result<IndexedColumns<'_>, Error> {
    index_columns(batch).ok_or_else(|| damaged("not every column that is indexed"))
}

/// Adds the uids of the next batch of a shard, and says which row of the shard is its first.
pub(super) fn add_uids(uids: &mut Vec<(Uid, u32)>, batch: &RecordBatch) -> Result<u32, Error> {
    let column = batch.column_by_name("uid").and_then(|column| column.as_string_opt::<i32>());
    let first = u32::try_from(uids.len()).map_err(|_| damaged("too many rows"))?;
    for (uid, row) in column.ok_or_else(|| damaged("no uids"))?.iter().zip(first..) {
        let uid = uid.unwrap_or_default().parse().map_err(|_| damaged("a uid that is none"))?;
        uids.push((uid, row));
    }
    Ok(first)
}

/// Hands out what is indexed of the samples of a batch whose first row is row `first` of shard `shard`.
pub(super) fn each_text(
    shard: u32,
    first: u32,
    columns: &IndexedColumns<'_>,
    known: &FacetColumns<'_>,
    mut take: impl FnMut(&IndexedSample<'_>) -> Result<(), IndexError>,
) -> Result<(), Error> {
    let mut steps = Vec::new();
    fn optional(column: &StringArray, row: usize) -> Option<&str> {
        column.is_valid(row).then(|| column.value(row))
    }
    let mut last_page = ("", Cow::Borrowed(""));
    for (row, at) in (0..columns.url.len()).zip(first..) {
        let picture_host = host_of(columns.url.value(row));
        let page_url = columns.page_url.value(row);
        if last_page.0 != page_url {
            last_page = (page_url, host_of(page_url));
        }
        known.steps(row, &mut steps);
        take(&IndexedSample {
            shard,
            row: at,
            caption: columns.caption.value(row),
            creator: optional(columns.creator, row),
            licence: optional(columns.licence, row),
            verdict: columns.verdict.value(row).parse().unwrap_or(Stance::Unknown),
            language: known.language(row),
            steps: &steps,
            picture_host: &picture_host,
            domain: columns.domain.value(row),
            page_host: &last_page.1,
            page_domain: registrable_domain(&last_page.1),
        })?;
    }
    Ok(())
}
