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
    rows: u64,
}

/// Bytes of a data page: small, so that one sample can be fetched without inflating its neighbours.
const PAGE_BYTES: usize = 8 << 10;
/// Bytes of a dictionary: it has to be read whole for any one row of its group.
const DICTIONARY_BYTES: usize = 32 << 10;
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
        Ok(Self { dir: dir.to_owned(), name: name.to_owned(), temporary, writer, rows: 0 })
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), DatasetError> {
        self.rows += batch.num_rows() as u64;
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
    pub fn finish(self) -> Result<FileEntry, DatasetError> {
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
        .set_data_page_row_count_limit(2048)
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
