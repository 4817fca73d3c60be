use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::DatasetError;

/// Reads all rows of a Parquet file that this program wrote: a shard's worth, which fits into memory.
pub fn read_table(path: &Path) -> Result<RecordBatch, DatasetError> {
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
    let reader = reader.map_err(DatasetError::parquet(path))?;
    let schema = arrow_array::RecordBatchReader::schema(&reader);
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(DatasetError::arrow(path))?;
    arrow_select::concat::concat_batches(&schema, &batches).map_err(DatasetError::arrow(path))
}
