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
    if matches!(input.format, Format::Tar | Format::Pictures | Format::Parquet) {
        let path = match &input.place {
            Place::File(path) => path.clone(),
            // Parquet is read from its end, and of a tar the captions before the pictures.
            Place::Http(_) => spooled(input, spool)?,
        };
        return Ok(match input.format {
            Format::Parquet => Box::new(ParquetTable::open(&path, from)?),
            _ => Box::new(Pictures::open(&input.name, &path, from)?),
        });
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
    // In a folder of its own, under its own name: that of a tar is part of what its pictures are called.
    let folder = spool.join(format!("spool-{}", sayso_core::Sha256(digest.into())));
    let name = input.name.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let is_plain =
        !name.starts_with('.') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let path = folder.join(if is_plain && name.len() < 200 { name } else { "file" });
    fs_err::create_dir_all(&folder).map_err(Error::file(&folder))?;
    if !path.exists() {
        let mut stream = input.open().map_err(Error::file(&input.name))?;
        let temporary = folder.join(".tmp");
        let mut file = fs_err::File::create(&temporary).map_err(Error::file(&temporary))?;
        io::copy(&mut stream, &mut file).map_err(Error::file(&temporary))?;
        fs_err::rename(&temporary, &path).map_err(Error::file(&path))?;
    }
    Ok(path)
}
