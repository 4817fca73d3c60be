use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use sayso_dataset::ShardWriter;

use super::{ExportOptions, ExportReport};
use crate::Error;
use crate::library::Library;

/// Writes a Parquet file, whole or not at all.
pub(super) fn write(library: &Library, options: &ExportOptions, file: &Path) -> Result<ExportReport, Error> {
    let refused = |message: &str| Error::Input { input: file.display().to_string(), message: message.to_owned() };
    let name = file.file_name().and_then(|name| name.to_str()).ok_or_else(|| refused("it is no name of a file"))?;
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut writer: Option<ShardWriter> = None;
    let mut schema = None;
    let samples = library.each_batch(options.query.as_deref(), options.limit, &mut |batch| {
        let batch = chosen(batch, &options.columns)?;
        if *schema.get_or_insert_with(|| batch.schema()) != batch.schema() {
            return Err(refused("the datasets have other columns\nhint: name those that all have with --columns"));
        }
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(ShardWriter::create(dir, name, batch.schema())?),
        };
        Ok(writer.write(&batch)?)
    })?;
    match writer {
        Some(writer) => drop(writer.finish()?),
        None => return Err(refused("no sample was found, and a table of nothing is not written")),
    }
    Ok(ExportReport { file: Some(file.to_owned()), samples })
}

fn chosen(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch, ArrowError> {
    if columns.is_empty() {
        return Ok(batch.clone());
    }
    let schema = batch.schema();
    let places: Vec<usize> = columns.iter().map(|name| schema.index_of(name)).collect::<Result<_, _>>()?;
    batch.project(&places)
}
