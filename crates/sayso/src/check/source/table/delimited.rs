use std::io;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use sayso_dataset::Cell;

use super::{Input, NextRow, ROW_BYTES, Read, text_cell};

/// Values between commas or tabs, the first line naming the columns.
///
/// `csv-core` is used and not `csv`, because here it is we who own the memory: a quotation that is never closed makes
/// one row of the rest of a file, however long that is.
pub(super) struct Delimited {
    input: Input,
    reader: Reader,
    is_tsv: bool,
    names: Vec<String>,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

/// Fields of a row.
const FIELDS: usize = 4096;

enum Record {
    End,
    /// So many fields.
    Whole(usize),
    TooLong,
}

impl Delimited {
    /// Opens the table and reads the names of its columns.
    pub(super) fn open(mut input: Input, delimiter: u8) -> io::Result<(Self, Vec<String>)> {
        if input.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            input.consume(3);
        }
        let is_tsv = delimiter == b'\t';
        // Between tabs a quotation mark is a character like others (text/tab-separated-values): taking it for more would
        // swallow rows behind every caption that begins with one.
        let reader = ReaderBuilder::new().delimiter(delimiter).quoting(!is_tsv).build();
        let (fields, ends) = (vec![0; ROW_BYTES], vec![0; FIELDS]);
        let mut table = Self { input, reader, is_tsv, names: Vec::new(), fields, ends };
        if let Record::Whole(count) = table.record()? {
            let name = |at| match table.cell(at) {
                Cell::Text(name) => name.trim().to_owned(),
                Cell::Null | Cell::Other => String::new(),
            };
            table.names = (0..count).map(name).collect();
        }
        let names = table.names.clone();
        Ok((table, names))
    }

    /// Where in a row the named columns stand.
    pub(super) fn places(&self, names: &[&str]) -> Vec<Option<usize>> {
        names.iter().map(|name| self.names.iter().position(|other| other == name)).collect()
    }

    pub(super) fn next_row(&mut self, places: &[Option<usize>]) -> NextRow {
        Some(Ok(match self.record() {
            Ok(Record::End) => return None,
            Ok(Record::TooLong) => {
                Read::Broken(format!("the row is longer than {ROW_BYTES} bytes or has more than {FIELDS} fields"))
            }
            // Which of its fields is the address cannot be told any more.
            Ok(Record::Whole(count)) if count != self.names.len() => {
                Read::Broken(format!("the row has {count} fields, and the table {} columns", self.names.len()))
            }
            Ok(Record::Whole(_)) => {
                Read::Row(places.iter().map(|place| place.map_or(Cell::Null, |at| self.cell(at))).collect())
            }
            Err(error) => return Some(Err(error.to_string())),
        }))
    }

    fn record(&mut self) -> io::Result<Record> {
        let (mut filled, mut count, mut is_too_long) = (0, 0, false);
        loop {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            let fields = self.fields.get_mut(filled..).unwrap_or_default();
            let ends = self.ends.get_mut(count..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(bytes, fields, ends);
            self.input.consume(read);
            filled += written;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                // The row goes on and is read to its end, over what is there.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (filled, count, is_too_long) = (0, 0, true);
                }
                ReadRecordResult::Record if is_too_long => return Ok(Record::TooLong),
                ReadRecordResult::Record => return Ok(Record::Whole(count)),
                ReadRecordResult::End => return Ok(Record::End),
            }
        }
    }

    /// A field of the row that was read last.
    fn cell(&self, at: usize) -> Cell {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let bytes = start.zip(self.ends.get(at).copied()).and_then(|(start, end)| self.fields.get(start..end));
        let bytes = bytes.unwrap_or_default().trim_ascii();
        let quoted = bytes.strip_prefix(b"\"").and_then(|bytes| bytes.strip_suffix(b"\""));
        text_cell(quoted.filter(|_| self.is_tsv).unwrap_or(bytes))
    }
}
