use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use sayso_core::{Sha256, crash_point};
use sha2::Digest;

use crate::durable::sync_folder;
use crate::{DatasetError, FEATURES, FileEntry};

/// Writes one immutable Parquet file. It gets its name when it is complete, so that no half shard is ever visible.
pub struct ShardWriter {
    dir: PathBuf,
    name: String,
    temporary: PathBuf,
    writer: ArrowWriter<Hashing>,
    /// The last rows, fewer than [`STEP_ROWS`], which wait for those that come behind them.
    rest: Option<RecordBatch>,
    rows: u64,
}

/// Bytes of a data page: small, so that one sample can be fetched without inflating its neighbours.
const PAGE_BYTES: usize = 8 << 10;
/// Bytes of a dictionary: it has to be read whole for any one row of its group.
const DICTIONARY_BYTES: usize = 32 << 10;
/// Rows that are handed to the writer at once, from the first row of a shard on. How it encodes them depends on where its batches
/// end, so the bytes of a shard would else follow from the batches that its rows came in, and not from its rows alone.
const STEP_ROWS: usize = 2048;
/// Rows of a row group: one column chunk of each column must fit into memory while it is written.
const ROW_GROUP_ROWS: usize = 128 << 10;

impl ShardWriter {
    /// Starts the file `name` (a path inside the dataset's folder `dir`) for batches of `schema`.
    pub fn create(dir: &Path, name: &str, schema: SchemaRef) -> Result<Self, DatasetError> {
        let path = dir.join(name);
        crash_point("before a shard is begun");
        let temporary = path.with_extension("parquet.tmp");
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).map_err(DatasetError::io(folder))?;
        }
        let file = File::create(&temporary).map_err(DatasetError::io(&temporary))?;
        let file = Hashing { file: BufWriter::with_capacity(1 << 18, file), hasher: sha2::Sha256::new(), bytes: 0 };
        let properties = properties(&schema);
        let writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(DatasetError::parquet(&temporary))?;
        Ok(Self { dir: dir.to_owned(), name: name.to_owned(), temporary, writer, rest: None, rows: 0 })
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), DatasetError> {
        self.rows += batch.num_rows() as u64;
        let mut at = 0;
        if let Some(rest) = self.rest.take() {
            // No more of the new rows are copied than complete the step.
            at = (STEP_ROWS - rest.num_rows()).min(batch.num_rows());
            let parts = [rest, batch.slice(0, at)];
            let step = arrow_select::concat::concat_batches(&batch.schema(), &parts);
            let step = step.map_err(DatasetError::arrow(&self.temporary))?;
            if step.num_rows() < STEP_ROWS {
                self.rest = Some(step);
                return Ok(());
            }
            self.hand_over(&step)?;
        }
        while batch.num_rows() - at >= STEP_ROWS {
            self.hand_over(&batch.slice(at, STEP_ROWS))?;
            at += STEP_ROWS;
        }
        if at < batch.num_rows() {
            self.rest = Some(batch.slice(at, batch.num_rows() - at));
        }
        Ok(())
    }

    fn hand_over(&mut self, batch: &RecordBatch) -> Result<(), DatasetError> {
        self.writer.write(batch).map_err(DatasetError::parquet(&self.temporary))
    }

    /// How many rows were written.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Gives the file up, and leaves nothing of it.
    pub fn abandon(self) -> Result<(), DatasetError> {
        let Self { temporary, writer, .. } = self;
        drop(writer);
        crate::durable::remove_if_there(&temporary)
    }

    /// Completes the file, makes it last and gives it its name.
    pub fn finish(mut self) -> Result<FileEntry, DatasetError> {
        if let Some(rest) = self.rest.take() {
            self.hand_over(&rest)?;
        }
        let path = self.dir.join(&self.name);
        let hashing = self.writer.into_inner().map_err(DatasetError::parquet(&self.temporary))?;
        let file = hashing.file.into_inner().map_err(|error| DatasetError::io(&self.temporary)(error.into_error()))?;
        let last = || {
            file.sync_all()?;
            crash_point("before a shard gets its name");
            fs_err::rename(&self.temporary, &path)?;
            crash_point("behind a shard that got its name");
            sync_folder(&path)
        };
        last().map_err(DatasetError::io(&path))?;
        let sha256 = Sha256(hashing.hasher.finalize().into()).to_string();
        Ok(FileEntry { file: self.name, rows: self.rows, bytes: hashing.bytes, sha256 })
    }
}

/// How shards are written; part of the format only where `docs/specs/dataset.md` says so.
fn properties(schema: &Schema) -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut builder = WriterProperties::builder()
        .set_created_by("sayso".to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_data_page_size_limit(PAGE_BYTES)
        .set_data_page_row_count_limit(STEP_ROWS)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_write_batch_size(256)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(ColumnPath::from("domain"), EnabledStatistics::Page)
        .set_column_statistics_enabled(ColumnPath::from("uid"), EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from(FEATURES), EnabledStatistics::None);
    // Digests never repeat, and long texts hardly do: trying a dictionary on them costs time and gains nothing.
    for column in ["uid", "cc2dataset_uid", "sha256", "pdq", "url", "caption", FEATURES] {
        builder = builder
            .set_column_dictionary_enabled(ColumnPath::from(column), false)
            .set_column_encoding(ColumnPath::from(column), Encoding::PLAIN);
    }
    // Scores and numbers of rows hardly repeat either.
    for field in schema.fields().iter().filter(|field| is_measured(field.data_type())) {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(field.name().as_str()), false);
    }
    builder
        .set_column_dictionary_enabled(ColumnPath::from(vec!["record".to_owned(), "offset".to_owned()]), false)
        .build()
}

/// Whether values of this type are measured and not chosen, so that each is another one.
fn is_measured(kind: &DataType) -> bool {
    kind.is_floating() || matches!(kind, DataType::Int64 | DataType::UInt64 | DataType::Timestamp(..))
}

/// Counts and hashes what is written.
struct Hashing {
    file: BufWriter<File>,
    hasher: sha2::Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};

    use super::ShardWriter;

    #[test]
    fn the_bytes_follow_from_the_rows_and_not_from_their_batches() {
        let rows = 5000;
        let text =
            |n: i64| (n % 7 != 0).then(|| format!("{} {}", n % 41, "long ".repeat(usize::try_from(n % 23).unwrap())));
        let columns: [(&str, ArrayRef); 3] = [
            ("domain", Arc::new((0..rows).map(|n| Some(format!("{}.example", n / 300))).collect::<StringArray>())),
            ("caption", Arc::new((0..rows).map(text).collect::<StringArray>())),
            ("width", Arc::new(Int64Array::from_iter_values((0..rows).map(|n| n * n % 1009)))),
        ];
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let mut digests = Vec::new();
        for (number, steps) in
            [vec![5000], vec![1, 255, 256, 4488], vec![100; 50], vec![8, 4992], vec![257; 20]].into_iter().enumerate()
        {
            let mut writer =
                ShardWriter::create(dir.path(), &format!("samples/{number:05}.parquet"), batch.schema()).unwrap();
            let mut at = 0;
            for step in steps {
                let step = step.min(batch.num_rows() - at);
                writer.write(&batch.slice(at, step)).unwrap();
                at += step;
            }
            assert_eq!(at, batch.num_rows());
            let entry = writer.finish().unwrap();
            assert_eq!(entry.rows, 5000);
            digests.push(entry.sha256);
        }
        assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
    }
}
