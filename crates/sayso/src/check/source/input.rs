use std::path::{Path, PathBuf};

use super::table::{Table, TableColumns};
use super::{ending, is_named_like_a_picture, is_named_like_a_sidecar};
use crate::Error;
use crate::signals::{SourceKind, read_up_to};

/// What somebody wants to have checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckInput {
    /// A picture, a table of addresses, a tar, or a folder of all these.
    Path(PathBuf),
    /// The address of a picture.
    Url(String),
}

impl CheckInput {
    /// Takes an argument for an address if it starts like one.
    #[must_use]
    pub fn of(argument: &Path) -> Self {
        let text = argument.to_str().unwrap_or_default();
        let is_url = ["http://", "https://"]
            .iter()
            .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        if is_url { Self::Url(text.to_owned()) } else { Self::Path(argument.to_owned()) }
    }
}

/// An input of which is known what it is.
pub(in super::super) enum Source {
    Picture(PathBuf),
    Folder(PathBuf),
    Tar(PathBuf),
    Table(PathBuf),
    List(PathBuf),
    Url(String),
    Sidecar,
}

/// Bytes at a file's start on which its kind is decided.
const PROBE_BYTES: u64 = 8 << 10;

/// Finds out what each input is. What is not there or of no known kind is an error before anything is checked.
pub(in super::super) fn sources(inputs: &[CheckInput], columns: &TableColumns) -> Result<Vec<Source>, Error> {
    inputs.iter().map(|input| source(input, columns)).collect()
}

fn source(input: &CheckInput, columns: &TableColumns) -> Result<Source, Error> {
    let path = match input {
        CheckInput::Path(path) => path,
        CheckInput::Url(url) if super::super::subject::web_host(url).is_some() => return Ok(Source::Url(url.clone())),
        CheckInput::Url(url) => {
            return Err(wrong(url, "it is no address on the web\nhint: https://example.org/a.jpg is one"));
        }
    };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let there = fs_err::metadata(path).map_err(Error::file(path))?;
    if there.is_dir() {
        return Ok(Source::Folder(path.clone()));
    }
    if !there.is_file() {
        return Err(wrong(
            &path.display().to_string(),
            "it is neither a file nor a folder\nhint: copy it into a file first",
        ));
    }
    if ending(name).is_some_and(|ending| ending.eq_ignore_ascii_case("tar")) {
        return Ok(Source::Tar(path.clone()));
    }
    if Table::is_named(name) {
        let shown = path.display().to_string();
        // It is closed again: as many tables may be named as a command line holds.
        Table::open(path, columns)?.map_err(|message| wrong(&shown, &message))?;
        return Ok(Source::Table(path.clone()));
    }
    let start = read_up_to(path, PROBE_BYTES)?;
    if is_named_like_a_picture(name) || SourceKind::of(path, &start) == Some(SourceKind::Picture) {
        return Ok(Source::Picture(path.clone()));
    }
    if Table::is_list(&start) {
        return Ok(Source::List(path.clone()));
    }
    // `check folder/*` names them, too.
    if is_named_like_a_sidecar(name) {
        return Ok(Source::Sidecar);
    }
    let message = "it is nothing that can be checked\nhint: pictures, folders, tars (.tar), tables of addresses (.parquet, \
                   .csv, .tsv, .jsonl), lists of addresses and addresses can be; `sayso signals` reads files of a site";
    Err(wrong(&path.display().to_string(), message))
}

fn wrong(input: &str, message: &str) -> Error {
    Error::Input { input: input.to_owned(), message: message.to_owned() }
}
