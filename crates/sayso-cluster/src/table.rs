use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;

use crate::ClusterError;

/// Writes a batch as a file of Parquet, as a table that a cluster reads consists of. It has its name once it is whole.
pub fn write_table(path: &Path, batch: &RecordBatch) -> Result<(), ClusterError> {
    let temporary = path.with_extension("tmp");
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(ClusterError::file(folder))?;
    }
    let file = File::create(&temporary).map_err(ClusterError::file(&temporary))?;
    let failed = |error: parquet::errors::ParquetError| ClusterError::file(path)(std::io::Error::other(error));
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    let file = writer.into_inner().map_err(failed)?;
    file.sync_all().map_err(ClusterError::file(&temporary))?;
    fs_err::rename(&temporary, path).map_err(ClusterError::file(path))
}
