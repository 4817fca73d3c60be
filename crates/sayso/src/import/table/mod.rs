//! Tables of other people, a batch of rows at a time: Parquet, CSV, TSV, JSON Lines and JSON.

mod delimited;
mod json;
mod objects;
mod parquet;
#[cfg(test)]
mod resumed;
mod source;
mod typed;
mod window;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use serde::{Deserialize, Serialize};

pub(super) use self::delimited::Delimited;
pub(super) use self::json::Json;
pub(super) use self::objects::{Keys, Objects};
pub(super) use self::parquet::ParquetTable;
pub(super) use self::source::{Counted, inflated};
use super::aside::Aside;
use crate::Error;

/// Where to go on reading a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Rows before it.
    pub(super) row: u64,
    /// Bytes before it, inflated; 0 in Parquet, where the row says enough.
    pub(super) byte: u64,
}

/// Some rows of a table.
pub(super) struct Chunk {
    /// The rows that could be read, with the table's own columns.
    pub(super) batch: RecordBatch,
    /// Their numbers in the table, from 0.
    pub(super) rows: Vec<u64>,
    /// Those that could not.
    pub(super) aside: Vec<Aside>,
    /// Their pictures, where these were at hand: as many as rows, or none.
    pub(super) pictures: Vec<PictureFile>,
    /// Where the next chunk begins.
    pub(super) next: Position,
}

/// A picture that lies beside its caption.
pub(super) struct PictureFile {
    /// Its path in the folder or tar that is imported.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// A table that is open.
pub(super) trait Table: Send {
    /// Its columns, and their types as far as they are known.
    fn schema(&self) -> SchemaRef;

    /// The published dataset that has no header and such rows.
    fn dataset(&self) -> Option<&'static str> {
        None
    }

    /// How many rows it has, where it says so at its start.
    fn rows(&self) -> Option<u64> {
        None
    }

    /// The next rows; `None` after the last.
    fn next_chunk(&mut self) -> Result<Option<Chunk>, Error>;
}

/// Rows of a chunk: enough to pay for handing it over, few enough that captions of any length fit into memory.
const CHUNK_ROWS: usize = 8192;

/// Bytes of text of a chunk, roughly.
const CHUNK_BYTES: usize = 4 << 20;

/// Bytes of a row of text. What is longer is no row.
const ROW_BYTES: usize = 12 << 20;

/// Rows by which the types of columns of text are told.
const TYPED_ROWS: usize = 2000;
