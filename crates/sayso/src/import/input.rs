use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sayso_crawl::blocks::Input as _;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::build::HttpInput;
use crate::check::source::is_named_like_a_picture;

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    Parquet,
    Csv,
    Tsv,
    Json,
    /// A tar with pictures and what belongs to them.
    Tar,
    /// A folder with pictures and what belongs to them.
    Pictures,
}

/// Where a file lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Place {
    File(PathBuf),
    Http(String),
}

/// A file that is imported.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ImportInput {
    /// What it is called in records and messages.
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) format: Format,
    pub(super) bytes: Option<u64>,
    /// Whether somebody named it, or it was found in a folder that somebody named.
    pub(super) is_named: bool,
    /// Bytes that were read of it so far.
    #[serde(skip)]
    pub(super) read: Arc<AtomicU64>,
}

impl ImportInput {
    /// Whether it is called like one JSON document, and not like lines of them.
    pub(super) fn is_document(&self) -> bool {
        let name = self.name.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        name.trim_end_matches(".gz").trim_end_matches(".zst").ends_with(".json")
    }

    /// Whether pictures lie in it, and not only addresses of some.
    pub(super) fn has_pictures(&self) -> bool {
        matches!(self.format, Format::Tar | Format::Pictures)
    }

    /// The same, from whatever folder one is in.
    #[cfg(feature = "cluster")]
    pub(super) fn absolute(&self) -> io::Result<Self> {
        let place = match &self.place {
            Place::File(path) => Place::File(std::path::absolute(path)?),
            address @ Place::Http(_) => address.clone(),
        };
        Ok(Self { place, ..self.clone() })
    }

    /// Opens the file for reading from its start.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.place {
            Place::File(path) => Box::new(fs_err::File::open(path)?),
            Place::Http(url) => HttpInput::open(url)?.open_at(0)?,
        })
    }
}

const ENDINGS: [(&str, Format); 8] = [
    (".tar", Format::Tar),
    (".parquet", Format::Parquet),
    (".csv", Format::Csv),
    (".tsv", Format::Tsv),
    (".tab", Format::Tsv),
    (".jsonl", Format::Json),
    (".ndjson", Format::Json),
    (".json", Format::Json),
];

fn format_of(name: &str) -> Option<Format> {
    let name = name.split(['?', '#']).next().unwrap_or(name).to_ascii_lowercase();
    let packed = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
    let format =
        ENDINGS.iter().find(|(ending, _)| packed.unwrap_or(&name).ends_with(ending)).map(|(_, format)| *format)?;
    (packed.is_none() || !matches!(format, Format::Parquet | Format::Tar)).then_some(format)
}

fn refused(input: &str, message: impl Into<String>) -> Error {
    Error::Input { input: input.to_owned(), message: message.into() }
}

const KINDS: &str = "hint: what is imported ends with .parquet, .tar, .csv, .tsv, .jsonl or .json, .gz or .zst behind the \
                     last four, or is a folder of pictures with their captions";

/// Finds the files that the arguments name, in the order in which they are read.
pub(super) fn resolve(arguments: &[String]) -> Result<Vec<ImportInput>, Error> {
    let mut found = Vec::new();
    for argument in arguments {
        if argument.starts_with("http://") || argument.starts_with("https://") {
            let path = argument.split(['?', '#']).next().unwrap_or(argument);
            let format =
                format_of(path).ok_or_else(|| refused(argument, format!("it is called like no table\n{KINDS}")))?;
            let unreachable =
                |error: io::Error| refused(argument, format!("{error}\nhint: check the address and the network"));
            let bytes = HttpInput::open(argument).map_err(unreachable)?.bytes;
            found.push(input(argument.clone(), Place::Http(argument.clone()), format, bytes));
            continue;
        }
        let path = Path::new(argument);
        let metadata = fs_err::metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refused(argument, "it is not there\nhint: check the path"),
            _ => Error::file(path)(error),
        })?;
        if !metadata.is_dir() {
            let format =
                format_of(argument).ok_or_else(|| refused(argument, format!("it is called like no table\n{KINDS}")))?;
            let name = path.file_name().map_or_else(|| argument.clone(), |name| name.to_string_lossy().into_owned());
            found.push(input(name, Place::File(path.to_owned()), format, Some(metadata.len())));
            continue;
        }
        let before = found.len();
        let mut has_pictures = false;
        folder(path, path, &mut found, &mut has_pictures, 0)?;
        if has_pictures {
            let name = path.file_name().map_or_else(|| argument.clone(), |name| name.to_string_lossy().into_owned());
            found.push(input(name, Place::File(path.to_owned()), Format::Pictures, None));
        }
        if found.len() == before {
            return Err(refused(argument, format!("no table and no picture lies in it\n{KINDS}")));
        }
    }
    Ok(found)
}

fn input(name: String, place: Place, format: Format, bytes: Option<u64>) -> ImportInput {
    ImportInput { name, place, format, bytes, is_named: true, read: Arc::default() }
}

/// Folders below folders that are followed.
const MAX_DEPTH: u32 = 32;

/// The tables and tars below a folder, in the order of their paths, and whether pictures lie beside them.
///
/// What img2dataset wrote is read once: its tars and folders have all that its tables have of pictures that were had.
fn folder(
    top: &Path,
    dir: &Path,
    found: &mut Vec<ImportInput>,
    has_pictures: &mut bool,
    depth: u32,
) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    let mut entries = fs_err::read_dir(dir)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>())
        .map_err(Error::file(dir))?;
    entries.sort();
    let is_picture = |path: &PathBuf| is_named_like_a_picture(&path.to_string_lossy());
    let pictures: HashSet<OsString> = entries
        .iter()
        .filter(|path| is_picture(path))
        .filter_map(|path| path.file_stem().map(OsStr::to_owned))
        .collect();
    *has_pictures |= !pictures.is_empty();
    for path in entries {
        let metadata = fs_err::symlink_metadata(&path).map_err(Error::file(&path))?;
        if metadata.is_dir() {
            folder(top, &path, found, has_pictures, depth + 1)?;
        } else if metadata.is_file()
            && let Some(format) = format_of(&path.to_string_lossy())
        {
            let describes_a_shard =
                format == Format::Parquet && (path.with_extension("tar").is_file() || path.with_extension("").is_dir());
            if describes_a_shard || format == Format::Json && describes_pictures(&path, &pictures) {
                continue;
            }
            let name = path.strip_prefix(top).unwrap_or(&path).to_string_lossy().into_owned();
            let input = input(name, Place::File(path.clone()), format, Some(metadata.len()));
            found.push(ImportInput { is_named: false, ..input });
        }
    }
    Ok(())
}

/// Bytes of a file by which it is told what it speaks of.
const PROBE_BYTES: u64 = 64 << 10;

/// Whether a JSON file speaks of pictures in its folder, by the stems of their names, and is no table of its own.
fn describes_pictures(path: &Path, pictures: &HashSet<OsString>) -> bool {
    if path.ends_with("metadata.jsonl") {
        let mut start = Vec::new();
        let read = fs_err::File::open(path).and_then(|file| file.take(PROBE_BYTES).read_to_end(&mut start));
        return read.is_ok() && memchr::memmem::find(&start, b"\"file_name\"").is_some();
    }
    let stem = path.file_stem().unwrap_or_default();
    // Statistics are what img2dataset leaves beside each shard.
    path.extension().is_some_and(|ending| ending == "json")
        && (pictures.contains(stem) || stem.to_string_lossy().ends_with("_stats"))
}
