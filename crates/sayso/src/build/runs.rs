use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt8Type, UInt64Type};
use arrow_array::{Array, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray, UInt32Array};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema};

use crate::Error;

/// The columns of a pool batch that decide its order, found once.
#[derive(Clone)]
pub(crate) struct Keys {
    domain: StringArray,
    url: StringArray,
    uid: FixedSizeBinaryArray,
    captured_at: PrimitiveArray<TimestampMicrosecondType>,
    file: StringArray,
    offset: PrimitiveArray<UInt64Type>,
    origin: PrimitiveArray<UInt8Type>,
    page_url: StringArray,
    creator: StringArray,
    signals: StringArray,
}

impl Keys {
    /// The keys of a batch in the pool's schema.
    pub(super) fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let missing = |name: &str| Error::Arrow(ArrowError::SchemaError(format!("the pool has no column `{name}`")));
        let text = |name: &'static str| {
            batch
                .column_by_name(name)
                .and_then(|column| column.as_string_opt::<i32>())
                .cloned()
                .ok_or_else(|| missing(name))
        };
        let column = |name: &'static str| batch.column_by_name(name).ok_or_else(|| missing(name));
        Ok(Self {
            domain: text("domain")?,
            url: text("url")?,
            uid: column("uid")?.as_fixed_size_binary_opt().cloned().ok_or_else(|| missing("uid"))?,
            captured_at: column("captured_at")?.as_primitive_opt().cloned().ok_or_else(|| missing("captured_at"))?,
            file: text("record_file")?,
            offset: column("record_offset")?.as_primitive_opt().cloned().ok_or_else(|| missing("record_offset"))?,
            origin: column("caption_origin")?.as_primitive_opt().cloned().ok_or_else(|| missing("caption_origin"))?,
            page_url: text("page_url")?,
            creator: text("creator")?,
            signals: text("signals")?,
        })
    }

    pub(super) fn domain(&self, row: usize) -> &str {
        self.domain.value(row)
    }

    pub(super) fn url(&self, row: usize) -> &str {
        self.url.value(row)
    }

    pub(super) fn uid(&self, row: usize) -> &[u8] {
        self.uid.value(row)
    }

    pub(super) fn capture(&self, row: usize) -> (&str, u64) {
        (self.file.value(row), self.offset.value(row))
    }

    /// The page on which the pair stands, and when it was captured.
    pub(super) fn page(&self, row: usize) -> (&str, Option<sayso_core::Timestamp>) {
        let at =
            self.captured_at.is_valid(row).then(|| sayso_core::Timestamp::from_micros(self.captured_at.value(row)));
        (self.page_url.value(row), at)
    }

    pub(super) fn signals(&self, row: usize) -> Option<&str> {
        self.signals.is_valid(row).then(|| self.signals.value(row))
    }

    /// The order of the pool: domains together, in them pictures, in them pairs, in them captures, oldest first.
    ///
    /// It goes on until rows are the same in all that is kept, so that the order of the inputs does not matter.
    pub(super) fn compare(&self, row: usize, other: &Self, other_row: usize) -> Ordering {
        fn optional(array: &StringArray, row: usize) -> Option<&str> {
            array.is_valid(row).then(|| array.value(row))
        }
        let instant = |keys: &Self, row: usize| {
            if keys.captured_at.is_valid(row) { keys.captured_at.value(row) } else { i64::MAX }
        };
        self.domain(row)
            .cmp(other.domain(other_row))
            .then_with(|| self.url(row).cmp(other.url(other_row)))
            .then_with(|| self.uid(row).cmp(other.uid(other_row)))
            .then_with(|| instant(self, row).cmp(&instant(other, other_row)))
            .then_with(|| self.capture(row).cmp(&other.capture(other_row)))
            .then_with(|| self.origin.value(row).cmp(&other.origin.value(other_row)))
            .then_with(|| self.page_url.value(row).cmp(other.page_url.value(other_row)))
            .then_with(|| optional(&self.creator, row).cmp(&optional(&other.creator, other_row)))
            .then_with(|| self.signals(row).cmp(&other.signals(other_row)))
    }
}

/// The batch in the order of the pool.
pub(crate) fn sorted(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let keys = Keys::of(batch)?;
    let mut rows: Vec<u32> = (0..u32::try_from(batch.num_rows()).unwrap_or(u32::MAX)).collect();
    rows.sort_unstable_by(|a, b| keys.compare(*a as usize, &keys, *b as usize));
    Ok(arrow_select::take::take_record_batch(batch, &UInt32Array::from(rows))?)
}

/// Writes a run: batches one after another, whole or not at all.
pub(super) struct RunWriter {
    writer: StreamWriter<BufWriter<File>>,
    temporary: std::path::PathBuf,
    path: std::path::PathBuf,
}

impl RunWriter {
    pub(super) fn create(path: &Path, schema: &Schema) -> Result<Self, Error> {
        let temporary = path.with_extension("tmp");
        let file = File::create(&temporary).map_err(Error::file(&temporary))?;
        let writer = StreamWriter::try_new(BufWriter::with_capacity(1 << 18, file), schema);
        Ok(Self { writer: writer.map_err(at(&temporary))?, temporary, path: path.to_owned() })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch).map_err(at(&self.temporary))
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.writer.finish().map_err(at(&self.temporary))?;
        let file = self.writer.into_inner().map_err(at(&self.temporary))?;
        let file = file.into_inner().map_err(|error| Error::file(&self.temporary)(error.into_error()))?;
        // A run is named in the journal, so it must outlive a power cut as the journal does.
        file.sync_all().map_err(Error::file(&self.temporary))?;
        fs_err::rename(&self.temporary, &self.path).map_err(Error::file(&self.path))
    }
}

/// Reads a run batch by batch.
pub(super) fn read_run(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<>, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let path = path.to_owned();
    let reader = StreamReader::try_new(BufReader::with_capacity(1 << 18, file), None).map_err(at(&path))?;
    Ok(reader.map(move |batch| batch.map_err(at(&path))))
}

/// An error of Arrow that concerns a file: most are errors of the system in disguise.
fn at(path: &Path) -> impl FnOnce(ArrowError) -> Error + use<> {
    let path = path.to_owned();
    move |error| match error {
        ArrowError::IoError(_, source) => Error::File { file: path, source },
        error => Error::Arrow(error),
    }
}
