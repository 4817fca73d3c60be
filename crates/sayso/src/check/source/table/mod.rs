//! Tables of addresses: Parquet, CSV, TSV, JSON Lines, and lists of nothing but addresses.

mod columns;
mod delimited;
mod json_lines;
mod lines;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_dataset::{Cell, ForeignRows, ForeignTable};

use columns::Columns;
pub use columns::TableColumns;
use delimited::Delimited;
use json_lines::JsonLines;
use lines::{Line, next_line};

use super::{Emit, Unit};
use crate::Error;
use crate::check::fault::FaultKind;

/// A row as it stands in a table; nothing in it has been looked at yet.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) table: Arc<Path>,
    /// The row's number among the rows, from 1.
    pub(crate) number: u64,
    pub(crate) url: Cell,
    pub(crate) caption: Option<String>,
    pub(crate) page_url: Option<String>,
    pub(crate) licence: Option<Licence>,
}

/// A licence that a table or a sidecar states.
#[derive(Debug)]
pub(crate) struct Licence {
    pub(crate) column: String,
    pub(crate) value: String,
}

/// A table that is open, with the columns that are wanted of it.
pub(super) struct Table {
    path: PathBuf,
    columns: Columns,
    reader: Reader,
}

enum Reader {
    Parquet(ForeignTable),
    Delimited(Box<Delimited>),
    JsonLines(JsonLines),
    List(Input),
}

/// What reading one row brought.
enum Read {
    Row(Vec<Cell>),
    /// This row cannot be read; the next one may.
    Broken(String),
}

/// Rows of one kind of table: `None` at the end, an error where the table cannot be read on.
type NextRow = Option<Result<Read, String>>;

/// A file of text, inflated if need be.
type Input = Box<dyn BufRead + Send>;

/// Bytes of a row of text.
const ROW_BYTES: usize = 1 << 20;

const ENDINGS: [(&str, Format); 5] = [
    (".parquet", Format::Parquet),
    (".csv", Format::Csv),
    (".tsv", Format::Tsv),
    (".jsonl", Format::JsonLines),
    (".ndjson", Format::JsonLines),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Parquet,
    Csv,
    Tsv,
    JsonLines,
}

fn format_of(name: &str) -> Option<Format> {
    let name = name.to_ascii_lowercase();
    let (name, is_packed) = name.strip_suffix(".gz").map_or((name.as_str(), false), |name| (name, true));
    let known = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| *format);
    known.filter(|format| !(is_packed && *format == Format::Parquet))
}

fn input(path: &Path) -> Result<Input, Error> {
    let file = fs_err::File::open(path).map_err(Error::file(path))?;
    let is_packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    Ok(if is_packed {
        Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(BufReader::new(file))))
    } else {
        Box::new(BufReader::new(file))
    })
}

impl Table {
    /// Whether a file of this name is a table.
    pub(super) fn is_named(name: &str) -> bool {
        format_of(name).is_some()
    }

    /// Whether a file that starts so is a list of addresses.
    pub(super) fn is_list(start: &[u8]) -> bool {
        let start = start.trim_ascii_start();
        start.starts_with(b"http://") || start.starts_with(b"https://")
    }

    /// Opens a list of addresses, one a line.
    pub(super) fn list(path: &Path) -> Result<Self, Error> {
        let columns = Columns::of_list();
        Ok(Self { path: path.to_owned(), columns, reader: Reader::List(input(path)?) })
    }

    /// Opens a table. Inside, what keeps it from being one of addresses.
    pub(super) fn open(path: &Path, wanted: &TableColumns) -> Result<Result<Self, String>, Error> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let failed = |source| Error::file(path)(source);
        let (reader, names) = match format_of(name) {
            Some(Format::Csv) => {
                let (reader, names) = Delimited::open(input(path)?, b',').map_err(failed)?;
                (Reader::Delimited(Box::new(reader)), names)
            }
            Some(Format::Tsv) => {
                let (reader, names) = Delimited::open(input(path)?, b'\t').map_err(failed)?;
                (Reader::Delimited(Box::new(reader)), names)
            }
            Some(Format::JsonLines) => {
                let (reader, names) = JsonLines::open(input(path)?).map_err(failed)?;
                (Reader::JsonLines(reader), names)
            }
            Some(Format::Parquet) | None => {
                let table = ForeignTable::open(path)?;
                let names = table.columns().filter(|(_, is_text)| *is_text).map(|(name, _)| name.to_owned()).collect();
                (Reader::Parquet(table), names)
            }
        };
        Ok(Columns::of(&names, wanted).map(|columns| Self { path: path.to_owned(), columns, reader }))
    }

    /// Every row of the table.
    pub(super) fn read(self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let place = self.path.display().to_string();
        let names = self.columns.names();
        let broken = |message: String| Unit::fault(FaultKind::TableBroken, place.clone(), message);
        let mut next: Box<dyn FnMut() -> NextRow> = match self.reader {
            Reader::Parquet(table) => match table.read(&names) {
                Ok(mut rows) => {
                    let mut batch = VecDeque::new();
                    let names = names.clone();
                    Box::new(move || next_of_parquet(&mut rows, &mut batch, &names))
                }
                Err(error) => return emit(broken(error.to_string())),
            },
            Reader::Delimited(mut reader) => {
                let places = reader.places(&names);
                Box::new(move || reader.next_row(&places))
            }
            Reader::JsonLines(mut reader) => {
                let names = names.clone();
                Box::new(move || reader.next_row(&names))
            }
            Reader::List(mut input) => Box::new(move || next_of_list(&mut input)),
        };
        let table: Arc<Path> = self.path.as_path().into();
        let mut number = 0;
        while let Some(read) = next() {
            number += 1;
            emit(match read {
                Ok(Read::Row(cells)) => Unit::Row(Box::new(self.columns.row(&table, number, cells))),
                Ok(Read::Broken(message)) => {
                    Unit::fault(FaultKind::RowBroken, format!("{place} row {number}"), message)
                }
                Err(message) => return emit(broken(message)),
            })?;
        }
        ControlFlow::Continue(())
    }
}

fn next_of_parquet(rows: &mut ForeignRows, batch: &mut VecDeque<Vec<Cell>>, names: &[&str]) -> NextRow {
    while batch.is_empty() {
        match rows.next_batch(names)? {
            Ok(next) => batch.extend(next),
            Err(error) => return Some(Err(error.to_string())),
        }
    }
    batch.pop_front().map(|row| Ok(Read::Row(row)))
}

fn next_of_list(input: &mut Input) -> NextRow {
    let mut line = Vec::new();
    loop {
        return Some(match next_line(input, &mut line, ROW_BYTES) {
            Ok(Line::End) => return None,
            Ok(Line::TooLong) => Ok(Read::Broken(format!("the line is longer than {ROW_BYTES} bytes"))),
            Ok(Line::Whole) if line.trim_ascii().is_empty() => continue,
            Ok(Line::Whole) => Ok(Read::Row(vec![text_cell(line.trim_ascii())])),
            Err(error) => Err(error.to_string()),
        });
    }
}

/// Text, or nothing that could be told from nothing.
fn text_cell(bytes: &[u8]) -> Cell {
    match std::str::from_utf8(bytes) {
        Ok("") => Cell::Null,
        Ok(text) => Cell::Text(text.to_owned()),
        Err(_) => Cell::Other,
    }
}
