use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::input::{Format, ImportInput, Place};
use super::pictures::Pictures;
use super::table::{Counted, Delimited, Json, ParquetTable, Position, Table, inflated};
use crate::Error;

/// Opens an input where an earlier reading ended. `spool` is the folder for what must be had whole before it can be read.
pub(super) fn open(
    input: &ImportInput,
    header: Option<bool>,
    from: Position,
    spool: &Path,
) -> Result<Box<dyn Table>, Error> {
    let unreadable = |error: io::Error| Error::Input { input: input.name.clone(), message: error.to_string() };
    if let (Format::Tar | Format::Pictures, Place::File(path)) = (input.format, &input.place) {
        return Ok(Box::new(Pictures::open(&input.name, path, from)?));
    }
    if input.format == Format::Parquet {
        let path = match &input.place {
            Place::File(path) => path.clone(),
            // Parquet is read from its end.
            Place::Http(_) => spooled(input, spool)?,
        };
        return Ok(Box::new(ParquetTable::open(&path, from)?));
    }
    let stream = input.open().map_err(unreadable)?;
    let stream = Box::new(Counted { reader: stream, count: Arc::clone(&input.read) });
    let stream = inflated(stream, 0).map_err(unreadable)?;
    Ok(match input.format {
        Format::Csv => Box::new(Delimited::open(&input.name, stream, b',', header)?.seek(from)?),
        Format::Tsv => Box::new(Delimited::open(&input.name, stream, b'\t', header)?.seek(from)?),
        Format::Json | Format::Parquet | Format::Tar | Format::Pictures => {
            Box::new(Json::open(&input.name, stream, input.is_document())?.seek(from)?)
        }
    })
}

/// The file's bytes on disk.
fn spooled(input: &ImportInput, spool: &Path) -> Result<PathBuf, Error> {
    let digest = sha2::Digest::finalize(sha2::Digest::chain_update(
        <sha2::Sha256 as sha2::Digest>::new(),
        input.name.as_bytes(),
    ));
    let path = spool.join(format!("spool-{}.parquet", sayso_core::Sha256(digest.into())));
    if !path.exists() {
        let mut stream = input.open().map_err(Error::file(&input.name))?;
        let temporary = path.with_extension("tmp");
        let mut file = fs_err::File::create(&temporary).map_err(Error::file(&temporary))?;
        io::copy(&mut stream, &mut file).map_err(Error::file(&temporary))?;
        fs_err::rename(&temporary, &path).map_err(Error::file(&path))?;
    }
    Ok(path)
}
