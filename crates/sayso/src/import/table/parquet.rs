use std::path::Path;

use arrow_schema::SchemaRef;
use sayso_dataset::{ForeignBatches, ForeignTable};

use super::{CHUNK_ROWS, Chunk, Position, Table};
use crate::Error;

/// A table in Parquet.
pub(in crate::import) struct ParquetTable {
    schema: SchemaRef,
    batches: ForeignBatches,
    row: u64,
    rows: u64,
}

impl ParquetTable {
    pub(in crate::import) fn open(path: &Path, from: Position) -> Result<Self, Error> {
        let table = ForeignTable::open(path)?;
        let (schema, rows) = (table.schema(), table.rows());
        Ok(Self { schema, rows, batches: table.batches(from.row, CHUNK_ROWS)?, row: from.row })
    }
}

impl Table for ParquetTable {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn next_chunk(&mut self) -> Result<Option<Chunk>, Error> {
        let Some(batch) = self.batches.next().transpose()? else { return Ok(None) };
        let rows: Vec<u64> = (self.row..).take(batch.num_rows()).collect();
        self.row += batch.num_rows() as u64;
        Ok(Some(Chunk {
            batch,
            rows,
            aside: Vec::new(),
            pictures: Vec::new(),
            next: Position { row: self.row, byte: 0 },
        }))
    }
}
