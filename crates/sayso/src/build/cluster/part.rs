use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_ipc::CompressionType;
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{ArrowError, Schema};
use serde::{Deserialize, Serialize};

use super::storage::{ReadSeek, Storage};
use crate::Error;
use crate::build::runs::Keys;

/// A place in the pool's order at which it can be cut: all captures of one pair have the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) domain: String,
    pub(super) url: String,
}

impl Key {
    /// The key of a row of the pool.
    pub(super) fn of(batch: &RecordBatch, row: usize) -> Result<Self, Error> {
        let text = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            let column = column.filter(|column| row < arrow_array::Array::len(*column));
            column
                .map(|column| column.value(row).to_owned())
                .ok_or_else(|| ArrowError::SchemaError(format!("the pool has no column `{name}`")))
        };
        Ok(Self { domain: text("domain")?, url: text("url")? })
    }
}

/// Writes batches so that they can be read from the middle: by row, and by key where rows are in the pool's order.
pub(super) struct PartWriter {
    writer: FileWriter<BufWriter<File>>,
    contents: Contents,
}

/// What the batches of a part hold; stands behind them in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    /// The rows of each.
    rows: Vec<u64>,
    /// The key of the first row of each, where they are in the pool's order.
    heads: Vec<Key>,
}

/// Rows of a batch where a range is cut out of a part: whoever wants a few rows of each of many parts reads a batch of each.
pub(super) const SORTED_ROWS: usize = 1024;

const CONTENTS: &str = "sayso:contents";

impl PartWriter {
    pub(super) fn create(path: &Path, schema: &Schema) -> Result<Self, Error> {
        let file = BufWriter::with_capacity(1 << 18, File::create(path).map_err(Error::file(path))?);
        // A run of a whole crawl's file is six times as long without: what lies on shared storage goes over a network.
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let writer = FileWriter::try_new_with_options(file, schema, options)?;
        Ok(Self { writer, contents: Contents::default() })
    }

    /// Adds a batch of the pool, behind all that were added before.
    pub(super) fn write_sorted(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for first in (0..batch.num_rows()).step_by(SORTED_ROWS) {
            let rows = batch.slice(first, SORTED_ROWS.min(batch.num_rows() - first));
            self.contents.heads.push(Key::of(&rows, 0)?);
            self.write(&rows)?;
        }
        Ok(())
    }

    /// Adds a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() > 0 {
            self.contents.rows.push(batch.num_rows() as u64);
            self.writer.write(batch)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.writer.write_metadata(CONTENTS, super::written(&self.contents)?);
        self.writer.finish()?;
        self.writer.into_inner()?.into_inner().map_err(|error| ArrowError::from(error.into_error()))?;
        Ok(())
    }
}

/// A part that is being read.
pub(super) struct Part {
    reader: FileReader<BufReader<Box<dyn ReadSeek>>>,
    contents: Contents,
}

impl Part {
    pub(super) fn open(storage: &dyn Storage, name: &str) -> Result<Self, Error> {
        let file = BufReader::with_capacity(1 << 18, storage.open(name)?);
        let reader = FileReader::try_new(file, None)?;
        let contents = reader.custom_metadata().get(CONTENTS).map(|json| super::parsed(json)).transpose()?;
        Ok(Self { reader, contents: contents.unwrap_or_default() })
    }

    /// The rows from a key on (or the first) to before another (or the last), batch by batch.
    pub(super) fn between(
        mut self,
        from: Option<Key>,
        to: Option<Key>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + Send, Error> {
        let heads = &self.contents.heads;
        // The batch before the first that starts behind the key may end behind it, too.
        let first = from.as_ref().map_or(0, |from| heads.partition_point(|head| head < from).saturating_sub(1));
        let end = to.as_ref().map_or(heads.len(), |to| heads.partition_point(|head| head < to));
        if first < end {
            self.reader.set_index(first)?;
        }
        let batches = self.reader.take(end.saturating_sub(first));
        Ok(batches.map(move |batch| {
            let batch = batch?;
            let keys = Keys::of(&batch)?;
            let before = |key: &Option<Key>, otherwise: usize| match key {
                Some(key) => rows_before(&keys, batch.num_rows(), key),
                None => otherwise,
            };
            let (start, stop) = (before(&from, 0), before(&to, batch.num_rows()));
            Ok(batch.slice(start, stop.saturating_sub(start)))
        }))
    }

    /// `count` rows from row `first` on, batch by batch.
    pub(super) fn rows(
        mut self,
        first: u64,
        count: u64,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, Error>>, Error> {
        let (mut skip, mut batch) = (first, 0);
        for rows in &self.contents.rows {
            if skip < *rows {
                break;
            }
            skip -= rows;
            batch += 1;
        }
        if batch < self.contents.rows.len() {
            self.reader.set_index(batch)?;
        }
        let mut left = count;
        let mut batches = self.reader;
        Ok(std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let batch = match batches.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(Error::Arrow(error))),
            };
            let start = usize::try_from(std::mem::take(&mut skip)).unwrap_or(usize::MAX).min(batch.num_rows());
            let rows = (batch.num_rows() - start).min(usize::try_from(left).unwrap_or(usize::MAX));
            left -= rows as u64;
            Some(Ok(batch.slice(start, rows)))
        }))
    }
}

/// How many of the first rows come before a key.
fn rows_before(keys: &Keys, rows: usize, key: &Key) -> usize {
    let (mut low, mut high) = (0, rows);
    while low < high {
        let middle = low + (high - low) / 2;
        if (keys.domain(middle), keys.url(middle)) < (key.domain.as_str(), key.url.as_str()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
