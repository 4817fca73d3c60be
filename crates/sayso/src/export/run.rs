use std::io::{BufWriter, Write};
use std::path::Path;

use arrow_array::RecordBatch;
use sayso_dataset::{FEATURES, remove_if_there};

use super::text::{Texts, columns, write_row};
use super::{ExportFormat, ExportOptions, ExportReport, json, parquet};
use crate::Error;
use crate::library::Library;

/// Writes a file, which gets its name when it is complete.
pub fn export_to_file(library: &Library, options: &ExportOptions, file: &Path) -> Result<ExportReport, Error> {
    if options.format == ExportFormat::Parquet {
        check_columns(library, &options.columns)?;
        return parquet::write(library, options, file);
    }
    beside(file, |out| {
        let mut out = BufWriter::new(out);
        let report = export_to_writer(library, options, &mut out)?;
        out.flush().map_err(Error::file(file))?;
        Ok(ExportReport { file: Some(file.to_owned()), ..report })
    })
}

/// Has a file written under another name, which gets its own when it is complete.
pub(super) fn beside<T>(file: &Path, write: impl FnOnce(&mut fs_err::File) -> Result<T, Error>) -> Result<T, Error> {
    // Behind the whole name: `samples.tmp` may be somebody's.
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = Path::new(&temporary);
    let mut out = fs_err::File::create(temporary).map_err(Error::file(temporary))?;
    match write(&mut out) {
        Ok(written) => {
            fs_err::rename(temporary, file).map_err(Error::file(file))?;
            Ok(written)
        }
        Err(error) => {
            remove_if_there(temporary)?;
            Err(error)
        }
    }
}

/// Writes every form but Parquet.
pub fn export_to_writer(
    library: &Library,
    options: &ExportOptions,
    out: &mut dyn Write,
) -> Result<ExportReport, Error> {
    check_columns(library, &options.columns)?;
    let failed = |source| Error::File { file: "-".into(), source };
    let names = if options.columns.is_empty() { all_columns(library) } else { options.columns.clone() };
    if matches!(options.format, ExportFormat::Csv | ExportFormat::Tsv) {
        let is_csv = options.format == ExportFormat::Csv;
        write_row(out, names.iter().map(|name| name.as_str().into()), is_csv).map_err(failed)?;
    }
    let samples = library.each_batch(options.query.as_deref(), options.limit, &mut |batch| {
        write(batch, &names, options, out)?.map_err(failed)
    })?;
    Ok(ExportReport { file: None, samples })
}

fn write(
    batch: &RecordBatch,
    names: &[String],
    options: &ExportOptions,
    out: &mut dyn Write,
) -> Result<std::io::Result<()>, Error> {
    let is_csv = options.format == ExportFormat::Csv;
    let rows = 0..batch.num_rows();
    match options.format {
        ExportFormat::Urls => {
            let urls = columns(batch, &["url".to_owned()]);
            let texts = Texts::of(&urls, false)?;
            Ok(rows.flat_map(|row| texts.row(row)).try_for_each(|url| writeln!(out, "{url}")))
        }
        ExportFormat::JsonLines => {
            for row in rows {
                let object = json::object(batch, names, row, options.mask_personal)?;
                if let Err(error) = writeln!(out, "{object}") {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        }
        ExportFormat::Csv | ExportFormat::Tsv | ExportFormat::Parquet => {
            let found = columns(batch, names);
            let texts = Texts::of(&found, options.mask_personal)?;
            Ok(rows.into_iter().try_for_each(|row| write_row(out, texts.row(row), is_csv)))
        }
    }
}

/// All columns but the features, which are bytes.
fn all_columns(library: &Library) -> Vec<String> {
    library.columns().into_iter().filter(|name| name != FEATURES).collect()
}

/// That somebody has each of the columns.
fn check_columns(library: &Library, wanted: &[String]) -> Result<(), Error> {
    let known = library.columns();
    match wanted.iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(missing) => {
            let message = format!("no dataset has it\nhint: the columns are {}", known.join(", "));
            Err(Error::Input { input: missing.clone(), message })
        }
    }
}
