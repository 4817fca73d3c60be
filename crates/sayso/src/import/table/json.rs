use std::io::Read;

use arrow_schema::SchemaRef;
use memchr::memmem;
use serde_json::{Map, Value};

use super::objects::{Keys, ObjectRows, Objects};
use super::{CHUNK_BYTES, CHUNK_ROWS, Chunk, Position, ROW_BYTES, TYPED_ROWS, Table};
use crate::Error;
use crate::import::aside::{Aside, AsideReason};

/// JSON objects: one a line, or all in one list, as RedCaps has them under `annotations`.
pub(in crate::import) struct Json {
    name: String,
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    is_list: bool,
    objects: Objects,
    position: Position,
    chunk_rows: usize,
}

/// Bytes that are read at once.
const READ_BYTES: usize = 256 << 10;

/// Bytes in which the list of a document is looked for.
const PROBE_BYTES: usize = 64 << 10;

/// Whether what was read already may make room for what is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Buffer {
    Moves,
    /// Somebody goes back to what was read.
    Stays,
}

/// A stretch of the unread bytes.
enum Object {
    End,
    /// So many bytes, with what separates it from the next.
    Whole(usize),
    TooLong,
}

impl Json {
    pub(in crate::import) fn open(name: &str, input: Box<dyn Read + Send>) -> Result<Self, Error> {
        let mut table = Self {
            name: name.to_owned(),
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            is_list: false,
            objects: Objects::default(),
            position: Position::default(),
            chunk_rows: CHUNK_ROWS,
        };
        table.fill(PROBE_BYTES, Buffer::Stays)?;
        if let Some(at) = list_start(table.unread()) {
            table.is_list = true;
            table.advance(at);
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
        if position == Position::default() {
            // The first row does not begin at the first byte.
            return Ok(self);
        }
        while self.position.byte < position.byte {
            self.fill(1, Buffer::Moves)?;
            let step = usize::try_from(position.byte - self.position.byte).unwrap_or(usize::MAX);
            let step = step.min(self.end - self.start);
            if step == 0 {
                break;
            }
            self.advance(step);
        }
        self.position = position;
        Ok(self)
    }

    fn tell_types(&mut self) -> Result<(), Error> {
        let start = self.start;
        let (mut keys, mut seen) = (Keys::default(), 0);
        while seen < TYPED_ROWS && self.start - start < CHUNK_BYTES {
            let Object::Whole(bytes) = self.object(Buffer::Stays)? else { break };
            if let Ok(object) = serde_json::from_slice::<Map<String, Value>>(self.stretch(bytes)) {
                keys.see(&object);
                seen += 1;
            }
            self.start += bytes;
        }
        self.start = start;
        self.objects = keys.finish();
        Ok(())
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The next bytes without what separates objects.
    fn stretch(&self, bytes: usize) -> &[u8] {
        let stretch = self.unread().get(..bytes).unwrap_or_default().trim_ascii();
        if self.is_list { stretch.strip_prefix(b",").unwrap_or(stretch).trim_ascii_start() } else { stretch }
    }

    fn advance(&mut self, bytes: usize) {
        self.start += bytes;
        self.position.byte += bytes as u64;
    }

    /// Makes sure that so many bytes are unread, unless the table ends before.
    fn fill(&mut self, wanted: usize, kind: Buffer) -> Result<(), Error> {
        while self.end - self.start < wanted && !self.ended {
            if kind == Buffer::Moves && self.buffer.len() - self.end < READ_BYTES && self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            }
            if self.buffer.len() < self.end + READ_BYTES {
                self.buffer.resize((self.end + READ_BYTES).max(self.buffer.len() * 2), 0);
            }
            match self.input.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::file(&self.name)(error)),
            }
        }
        Ok(())
    }

    /// How far the next object goes; nothing is taken.
    fn object(&mut self, kind: Buffer) -> Result<Object, Error> {
        let mut scan = Scan::default();
        let mut at = 0;
        loop {
            if at > ROW_BYTES {
                return Ok(Object::TooLong);
            }
            self.fill(at + 1, kind)?;
            let fresh = self.unread().get(at..).unwrap_or_default();
            if fresh.is_empty() {
                let is_blank = self.unread().trim_ascii().is_empty();
                return Ok(if is_blank || self.is_list { Object::End } else { Object::Whole(at) });
            }
            let end = if self.is_list { scan.object_end(fresh) } else { line_end(fresh) };
            match end {
                Ending::At(end) => return Ok(Object::Whole(at + end)),
                Ending::OfList => return Ok(Object::End),
                Ending::Further => at += fresh.len(),
            }
        }
    }

    /// Passes over a line that is too long; its start is returned.
    fn skip_line(&mut self) -> Result<Vec<u8>, Error> {
        let start = self.unread().get(..(64 << 10).min(self.end - self.start)).unwrap_or_default().to_vec();
        loop {
            self.fill(1, Buffer::Moves)?;
            match memchr::memchr(b'\n', self.unread()) {
                Some(at) => {
                    self.advance(at + 1);
                    return Ok(start);
                }
                None if self.end == self.start => return Ok(start),
                None => self.advance(self.end - self.start),
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

/// Where the objects begin, if the document is one list or holds one under `annotations`.
fn list_start(start: &[u8]) -> Option<usize> {
    let first = start.iter().position(|byte| !byte.is_ascii_whitespace())?;
    match start.get(first)? {
        b'[' => Some(first + 1),
        b'{' => {
            let key = memmem::find(start, b"\"annotations\"")? + b"\"annotations\"".len();
            // A line of JSON Lines may have such a key, too: then the object before it ends in its line.
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
        let from = self.position.byte;
        while rows.len() + aside.len() < self.chunk_rows && self.position.byte - from < CHUNK_BYTES as u64 {
            let bytes = match self.object(Buffer::Moves)? {
                Object::End => break,
                Object::TooLong => {
                    let content = self.skip_line()?;
                    let message = format!("it goes on for more than {ROW_BYTES} bytes");
                    aside.push(Aside::new(&self.name, self.position.row, AsideReason::TooLong, message, &content));
                    self.position.row += 1;
                    continue;
                }
                Object::Whole(bytes) => bytes,
            };
            let stretch = self.stretch(bytes);
            if !stretch.is_empty() {
                match push(stretch, &mut objects) {
                    Ok(()) => rows.push(self.position.row),
                    Err((reason, message)) => {
                        aside.push(Aside::new(&self.name, self.position.row, reason, message, stretch));
                    }
                }
                self.position.row += 1;
            }
            self.advance(bytes);
        }
        if rows.is_empty() && aside.is_empty() {
            return Ok(None);
        }
        Ok(Some(Chunk { batch: objects.finish()?, rows, aside, next: self.position, pictures: Vec::new() }))
    }
}

fn push(stretch: &[u8], objects: &mut ObjectRows) -> Result<(), (AsideReason, String)> {
    let object = serde_json::from_slice(stretch).map_err(|error| (AsideReason::NotJson, error.to_string()))?;
    objects.push(object).map_err(|message| (AsideReason::WrongType, message))
}
