use std::io::Read;

use arrow_schema::SchemaRef;
use memchr::memmem;
use serde_json::{Map, Value};

use super::objects::{Keys, ObjectRows, Objects};
use super::window::Window;
use super::{CHUNK_BYTES, CHUNK_ROWS, Chunk, Position, ROW_BYTES, TYPED_ROWS, Table};
use crate::Error;
use crate::import::aside::{Aside, AsideReason, CONTENT_BYTES};

/// JSON objects: one a line, or all in one list, as RedCaps has them under `annotations`.
pub(in crate::import) struct Json {
    window: Window,
    is_list: bool,
    objects: Objects,
    row: u64,
    chunk_rows: usize,
}

/// Bytes in which the list of a document is looked for.
const PROBE_BYTES: usize = 64 << 10;

/// A stretch of the unread bytes.
enum Object {
    End,
    /// So many bytes, with what separates it from the next.
    Whole(usize),
    TooLong,
}

impl Json {
    /// Opens the table. In a document, and not in lines, the objects may stand in a list under `annotations`.
    pub(in crate::import) fn open(name: &str, input: Box<dyn Read + Send>, is_document: bool) -> Result<Self, Error> {
        let mut table = Self {
            window: Window::new(name, input),
            is_list: false,
            objects: Objects::default(),
            row: 0,
            chunk_rows: CHUNK_ROWS,
        };
        table.window.fill(PROBE_BYTES)?;
        if let Some(at) = list_start(table.window.unread(), is_document) {
            table.is_list = true;
            table.window.take(at);
        }
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

    fn tell_types(&mut self) -> Result<(), Error> {
        self.window.mark();
        let (mut keys, mut seen) = (Keys::default(), 0);
        while seen < TYPED_ROWS && self.window.since_mark() < CHUNK_BYTES {
            let Object::Whole(bytes) = self.object()? else { break };
            if let Ok(object) = serde_json::from_slice::<Map<String, Value>>(self.stretch(bytes)) {
                keys.see(&object);
                seen += 1;
            }
            self.window.take(bytes);
        }
        self.window.go_back();
        self.objects = keys.finish();
        Ok(())
    }

    /// The next bytes without what separates objects.
    fn stretch(&self, bytes: usize) -> &[u8] {
        let stretch = self.window.unread().get(..bytes).unwrap_or_default().trim_ascii();
        if self.is_list { stretch.strip_prefix(b",").unwrap_or(stretch).trim_ascii_start() } else { stretch }
    }

    /// How far the next object goes; nothing is taken.
    fn object(&mut self) -> Result<Object, Error> {
        let mut scan = Scan::default();
        let mut at = 0;
        loop {
            if at > ROW_BYTES {
                return Ok(Object::TooLong);
            }
            self.window.fill(at + 1)?;
            let fresh = self.window.unread().get(at..).unwrap_or_default();
            if fresh.is_empty() {
                // What is left of a list that breaks off is an object like others, and none that can be read.
                return Ok(if self.stretch(at).is_empty() { Object::End } else { Object::Whole(at) });
            }
            let end = if self.is_list { scan.object_end(fresh) } else { line_end(fresh) };
            match end {
                Ending::At(end) => return Ok(Object::Whole(at + end)),
                Ending::OfList => return Ok(Object::End),
                Ending::Further => at += fresh.len(),
            }
        }
    }
}

enum Ending {
    /// Behind so many bytes.
    At(usize),
    /// The list that the objects stand in ends first.
    OfList,
    /// Not in these bytes.
    Further,
}

fn line_end(bytes: &[u8]) -> Ending {
    memchr::memchr(b'\n', bytes).map_or(Ending::Further, |at| Ending::At(at + 1))
}

/// Where in a list of objects one ends: braces are counted, but for those in strings.
#[derive(Default)]
struct Scan {
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl Scan {
    fn object_end(&mut self, bytes: &[u8]) -> Ending {
        for (at, byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b']' if self.depth == 0 => return Ending::OfList,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Ending::At(at + 1);
                    }
                }
                _ => {}
            }
        }
        Ending::Further
    }
}

/// Where the objects begin, if all is one list, or a document that holds one under `annotations`.
fn list_start(start: &[u8], is_document: bool) -> Option<usize> {
    let first = start.iter().position(|byte| !byte.is_ascii_whitespace())?;
    match start.get(first)? {
        b'[' => Some(first + 1),
        b'{' if is_document => {
            let key = memmem::find(start, b"\"annotations\"")? + b"\"annotations\"".len();
            let rest = start.get(key..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
            let is_list = rest.starts_with(b"[") && rest.get(1..)?.trim_ascii_start().starts_with(b"{");
            is_list.then_some(start.len() - rest.len() + 1)
        }
        _ => None,
    }
}

impl Table for Json {
    fn schema(&self) -> SchemaRef {
        self.objects.schema()
    }

    fn next_chunk(&mut self) -> Result<Option<Chunk>, Error> {
        let mut objects = self.objects.rows();
        let (mut rows, mut aside) = (Vec::new(), Vec::new());
        let from = self.window.taken();
        while rows.len() + aside.len() < self.chunk_rows && self.window.taken() - from < CHUNK_BYTES as u64 {
            let bytes = match self.object()? {
                Object::End => break,
                Object::TooLong => {
                    let content = self.window.skip_line(CONTENT_BYTES)?;
                    let message = format!("it goes on for more than {ROW_BYTES} bytes");
                    aside.push(Aside::new(self.window.name(), self.row, AsideReason::TooLong, message, &content));
                    self.row += 1;
                    continue;
                }
                Object::Whole(bytes) => bytes,
            };
            let stretch = self.stretch(bytes);
            if !stretch.is_empty() {
                match push(stretch, &mut objects) {
                    Ok(()) => rows.push(self.row),
                    Err((reason, message)) => {
                        aside.push(Aside::new(self.window.name(), self.row, reason, message, stretch));
                    }
                }
                self.row += 1;
            }
            self.window.take(bytes);
        }
        if rows.is_empty() && aside.is_empty() {
            return Ok(None);
        }
        let next = Position { row: self.row, byte: self.window.taken() };
        Ok(Some(Chunk { batch: objects.finish()?, rows, aside, next, pictures: Vec::new() }))
    }
}

fn push(stretch: &[u8], objects: &mut ObjectRows) -> Result<(), (AsideReason, String)> {
    let object = serde_json::from_slice(stretch).map_err(|error| (AsideReason::NotJson, error.to_string()))?;
    objects.push(object).map_err(|message| (AsideReason::WrongType, message))
}
