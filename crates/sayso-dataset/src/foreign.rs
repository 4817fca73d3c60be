use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader};

use crate::DatasetError;

/// Columns of text out of a Parquet file that somebody else wrote, whatever else is in it.
pub struct ForeignTable {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
}

/// Some columns of a [`ForeignTable`], a batch of rows at a time.
pub struct ForeignRows {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
}

/// All columns of a [`ForeignTable`], a record batch at a time.
pub struct ForeignBatches {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
}

/// A value of a table of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// Something that is no text.
    Other,
}

/// Rows of a batch: enough to pay for decoding, few enough that captions of any length fit into memory.
const BATCH_ROWS: usize = 1024;

impl ForeignTable {
    /// Opens the file and reads its schema.
    pub fn open(path: &Path) -> Result<Self, DatasetError> {
        let file = File::open(path).map_err(DatasetError::io(path))?;
        // The schema that Arrow's writers leave in the file would bring in dictionaries and views; without it, text is
        // text whoever wrote it.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(DatasetError::parquet(path))?;
        Ok(Self { path: path.to_owned(), file, metadata })
    }

    /// The names of the columns, and whether each holds text.
    pub fn columns(&self) -> impl Iterator<Item = (&str, bool)> {
        let fields = self.metadata.schema().fields().iter();
        fields.map(|field| (field.name().as_str(), matches!(field.data_type(), DataType::Utf8 | DataType::Binary)))
    }

    /// How many rows the file says it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// The schema, by Parquet's own types: without dictionaries, views and large texts.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(self.metadata.schema())
    }

    /// Reads all columns of the rows from `first` on.
    pub fn batches(self, first: u64, batch_rows: usize) -> Result<ForeignBatches, DatasetError> {
        let mut builder =
            parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::new_with_metadata(self.file, self.metadata);
        if first > 0 {
            builder = builder.with_offset(usize::try_from(first).unwrap_or(usize::MAX));
        }
        let reader = builder.with_batch_size(batch_rows).build();
        Ok(ForeignBatches { reader: reader.map_err(DatasetError::parquet(&self.path))?, path: self.path })
    }

    /// Reads the named columns.
    pub fn read(self, columns: &[&str]) -> Result<ForeignRows, DatasetError> {
        let fields = self.metadata.schema().fields();
        let roots = columns.iter().filter_map(|name| fields.iter().position(|field| field.name() == name));
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), roots);
        let builder =
            parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::new_with_metadata(self.file, self.metadata);
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
        Ok(ForeignRows { reader: reader.map_err(DatasetError::parquet(&self.path))?, path: self.path })
    }
}

impl Iterator for ForeignBatches {
    type Item = Result<RecordBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.reader.next()?.map_err(DatasetError::arrow(&self.path)))
    }
}

impl ForeignRows {
    /// The next rows, each as its cells in the order of `columns`; a column that is not there is empty.
    pub fn next_batch(&mut self, columns: &[&str]) -> Option<Result<Vec<Vec<Cell>>, DatasetError>> {
        let batch = self.reader.next()?.map_err(DatasetError::arrow(&self.path));
        Some(batch.map(|batch| {
            let arrays: Vec<_> = columns.iter().map(|name| batch.column_by_name(name)).collect();
            let row = |row| arrays.iter().map(|array| array.map_or(Cell::Null, |array| cell(array, row))).collect();
            (0..RecordBatch::num_rows(&batch)).map(row).collect()
        }))
    }
}

fn cell(array: &dyn Array, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        // Older writers leave the mark out that says that bytes are text.
        DataType::Binary => match std::str::from_utf8(array.as_binary::<i32>().value(row)) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Other,
        },
        _ => Cell::Other,
    }
}
