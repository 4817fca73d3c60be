use std::io::Read;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::typed::{ColumnBuilder, Type};
use super::window::Window;
use super::{CHUNK_BYTES, CHUNK_ROWS, Chunk, Position, ROW_BYTES, TYPED_ROWS, Table};
use crate::Error;
use crate::import::aside::{Aside, AsideReason, CONTENT_BYTES};
use crate::import::recognise::recognise_headless;

/// Values between commas or tabs.
///
/// `csv-core` is used and not `csv`, because here it is we who own the memory: a quotation that is never closed makes one
/// row of the rest of a file. Such a row is given up at its first line, and the next line begins a new one.
pub(in crate::import) struct Delimited {
    window: Window,
    reader: Reader,
    delimiter: u8,
    fields: Vec<u8>,
    ends: Vec<usize>,
    schema: SchemaRef,
    types: Vec<Type>,
    dataset: Option<&'static str>,
    row: u64,
    chunk_rows: usize,
}

/// Fields of a row.
const FIELDS: usize = 4096;

enum Record {
    End,
    /// So many fields, of so many bytes of the buffer.
    Whole(usize, usize),
    TooLong,
}

impl Delimited {
    /// Opens the table, whose types are told by its first rows.
    pub(in crate::import) fn open(
        name: &str,
        input: Box<dyn Read + Send>,
        delimiter: u8,
        header: Option<bool>,
    ) -> Result<Self, Error> {
        let mut table = Self {
            window: Window::new(name, input),
            reader: reader(delimiter),
            delimiter,
            fields: vec![0; 64 << 10],
            ends: vec![0; FIELDS],
            schema: Arc::new(Schema::empty()),
            types: Vec::new(),
            dataset: None,
            row: 0,
            chunk_rows: CHUNK_ROWS,
        };
        table.window.fill(3)?;
        if table.window.unread().starts_with("\u{feff}".as_bytes()) {
            table.window.take(3);
        }
        table.name_columns(header)?;
        table.tell_types()?;
        Ok(table)
    }

    /// Reads so many rows at once.
    #[cfg(test)]
    pub(super) fn with_chunk_rows(self, chunk_rows: usize) -> Self {
        Self { chunk_rows, ..self }
    }

    /// Goes to where an earlier reading ended.
    pub(in crate::import) fn seek(mut self, position: Position) -> Result<Self, Error> {
        // The first row does not begin at the first byte.
        if position != Position::default() {
            self.window.go_to(position.byte)?;
            self.row = position.row;
        }
        Ok(self)
    }

    fn name_columns(&mut self, header: Option<bool>) -> Result<(), Error> {
        let Record::Whole(count, bytes) = self.record()? else { return Ok(()) };
        let first: Vec<String> =
            (0..count).map(|at| String::from_utf8_lossy(self.field(at)).trim().to_owned()).collect();
        let texts: Vec<&str> = first.iter().map(String::as_str).collect();
        let headless = if header == Some(true) { None } else { recognise_headless(&texts) };
        let names = match headless {
            Some((dataset, names)) => {
                self.dataset = Some(dataset);
                names
            }
            None if header == Some(false) => (1..=count).map(|number| format!("column{number}")).collect(),
            None => {
                self.window.take(bytes);
                distinct(first)
            }
        };
        self.types = vec![Type::Unseen; names.len()];
        let fields: Vec<Field> = names.iter().map(|name| Field::new(name, Type::Text.data_type(), true)).collect();
        self.schema = Arc::new(Schema::new(fields));
        Ok(())
    }

    /// Looks at the rows at the start without taking them.
    fn tell_types(&mut self) -> Result<(), Error> {
        self.window.mark();
        let mut seen = 0;
        while seen < TYPED_ROWS && self.window.since_mark() < CHUNK_BYTES {
            match self.record()? {
                Record::Whole(count, bytes) => {
                    if count == self.types.len() {
                        for at in 0..count {
                            let kind = std::str::from_utf8(self.field(at)).map_or(Type::Text, Type::of_text);
                            if let Some(known) = self.types.get_mut(at) {
                                *known = known.with(kind);
                            }
                        }
                        seen += 1;
                        self.window.take(bytes);
                    } else {
                        self.window.take(self.window.line_bytes(bytes));
                    }
                }
                Record::End | Record::TooLong => break,
            }
        }
        self.window.go_back();
        let fields = self.schema.fields().iter().zip(&self.types);
        let fields: Vec<Field> = fields.map(|(field, kind)| Field::new(field.name(), kind.data_type(), true)).collect();
        self.schema = Arc::new(Schema::new(fields));
        Ok(())
    }

    fn field(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        self.ends.get(at).and_then(|end| self.fields.get(start..*end)).unwrap_or_default()
    }

    /// Reads one record into `fields` and `ends`, and leaves it unread.
    fn record(&mut self) -> Result<Record, Error> {
        self.reader = reader(self.delimiter);
        let (mut used, mut filled, mut count) = (0, 0, 0);
        loop {
            if used > ROW_BYTES {
                return Ok(Record::TooLong);
            }
            self.window.fill(used + 1)?;
            let input = self.window.unread().get(used..).unwrap_or_default();
            let is_end = input.is_empty();
            let (result, read, wrote, ended) = self.reader.read_record(
                input,
                self.fields.get_mut(filled..).unwrap_or_default(),
                self.ends.get_mut(count..).unwrap_or_default(),
            );
            used += read;
            filled += wrote;
            count += ended;
            match result {
                ReadRecordResult::Record => return Ok(Record::Whole(count, used)),
                ReadRecordResult::End => return Ok(Record::End),
                ReadRecordResult::InputEmpty if is_end => return Ok(Record::End),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => return Ok(Record::TooLong),
            }
        }
    }

    /// The next bytes, to be kept aside.
    fn content(&self, bytes: usize) -> Vec<u8> {
        self.window.unread().get(..bytes).unwrap_or_default().trim_ascii_end().to_vec()
    }

    fn aside(&self, reason: AsideReason, message: impl Into<String>, content: &[u8]) -> Aside {
        Aside::new(self.window.name(), self.row, reason, message, content)
    }
}

fn reader(delimiter: u8) -> Reader {
    // Between tabs a quotation mark is a character like others (text/tab-separated-values): taking it for more would
    // swallow rows behind every caption that begins with one.
    ReaderBuilder::new().delimiter(delimiter).quoting(delimiter != b'\t').build()
}

/// Names that are empty or were there before get a number.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::with_capacity(names.len());
    for (at, name) in names.into_iter().enumerate() {
        let mut own = if name.is_empty() { format!("column{}", at + 1) } else { name };
        while known.contains(&own) {
            own.push_str("_again");
        }
        known.push(own);
    }
    known
}

impl Table for Delimited {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    fn dataset(&self) -> Option<&'static str> {
        self.dataset
    }

    fn next_chunk(&mut self) -> Result<Option<Chunk>, Error> {
        let mut columns: Vec<ColumnBuilder> = self.types.iter().map(|kind| ColumnBuilder::new(*kind)).collect();
        let (mut rows, mut aside) = (Vec::new(), Vec::new());
        let from = self.window.taken();
        while rows.len() + aside.len() < self.chunk_rows && self.window.taken() - from < CHUNK_BYTES as u64 {
            match self.record()? {
                Record::End => break,
                Record::TooLong => {
                    let content = self.window.skip_line(CONTENT_BYTES)?;
                    let message = format!("it goes on for more than {ROW_BYTES} bytes or {FIELDS} fields");
                    aside.push(self.aside(AsideReason::TooLong, message, &content));
                }
                Record::Whole(count, bytes) if count != columns.len() => {
                    // Of several lines the first: a quotation may have swallowed rows.
                    let line = self.window.line_bytes(bytes);
                    let content = self.content(line);
                    let message = format!("it has {count} fields, and the table {} columns", columns.len());
                    aside.push(self.aside(AsideReason::Fields, message, &content));
                    self.window.take(line);
                }
                Record::Whole(_, bytes) => {
                    match self.push_row(&mut columns) {
                        Ok(()) => rows.push(self.row),
                        Err((reason, message)) => {
                            let content = self.content(bytes);
                            aside.push(self.aside(reason, message, &content));
                        }
                    }
                    self.window.take(bytes);
                }
            }
            self.row += 1;
        }
        if rows.is_empty() && aside.is_empty() {
            return Ok(None);
        }
        let arrays = columns.iter_mut().map(ColumnBuilder::finish).collect();
        let batch = RecordBatch::try_new(SchemaRef::clone(&self.schema), arrays)?;
        let next = Position { row: self.row, byte: self.window.taken() };
        Ok(Some(Chunk { batch, rows, aside, pictures: Vec::new(), next }))
    }
}

impl Delimited {
    /// Adds the fields of the record that was read last, all or none.
    fn push_row(&self, columns: &mut [ColumnBuilder]) -> Result<(), (AsideReason, String)> {
        let name = |at: usize| self.schema.fields().get(at).map_or("", |field| field.name().as_str());
        for (at, column) in columns.iter().enumerate() {
            let Ok(text) = std::str::from_utf8(self.field(at)) else {
                return Err((AsideReason::NotUtf8, format!("its column `{}` is no UTF-8", name(at))));
            };
            if !column.takes_text(text) {
                let message = format!("its column `{}` is not of the type of those before", name(at));
                return Err((AsideReason::WrongType, message));
            }
        }
        for (at, column) in columns.iter_mut().enumerate() {
            column.push_text(std::str::from_utf8(self.field(at)).unwrap_or_default());
        }
        Ok(())
    }
}
