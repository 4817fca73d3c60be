use std::io::Read;

use crate::Error;

/// The unread part of a stream, as much of it as somebody wants to see before he takes it.
pub(super) struct Window {
    name: String,
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// Bytes of the stream that were taken.
    taken: u64,
    /// Where somebody goes back to; what lies behind it stays in the buffer.
    marked: Option<(usize, u64)>,
}

/// Bytes that are read at once.
const READ_BYTES: usize = 256 << 10;

impl Window {
    pub(super) fn new(name: &str, input: Box<dyn Read + Send>) -> Self {
        Self {
            name: name.to_owned(),
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            taken: 0,
            marked: None,
        }
    }

    /// What the stream is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes were taken.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// What is to be seen.
    pub(super) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes so many bytes of what is to be seen.
    pub(super) fn take(&mut self, bytes: usize) {
        self.start += bytes;
        self.taken += bytes as u64;
    }

    /// Makes sure that so many bytes are to be seen, unless the stream ends before.
    pub(super) fn fill(&mut self, wanted: usize) -> Result<(), Error> {
        while self.end - self.start < wanted && !self.ended {
            if self.marked.is_none() && self.buffer.len() - self.end < READ_BYTES && self.start > 0 {
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

    /// Remembers this place.
    pub(super) fn mark(&mut self) {
        self.marked = Some((self.start, self.taken));
    }

    /// Goes back to the place that was remembered, and says how far it was gone from there otherwise.
    pub(super) fn go_back(&mut self) {
        if let Some((start, taken)) = self.marked.take() {
            (self.start, self.taken) = (start, taken);
        }
    }

    /// How far behind the place that was remembered this is.
    pub(super) fn since_mark(&self) -> usize {
        self.marked.map_or(0, |(start, _)| self.start - start)
    }

    /// Passes over everything up to this byte of the stream.
    pub(super) fn go_to(&mut self, byte: u64) -> Result<(), Error> {
        while self.taken < byte {
            self.fill(1)?;
            let step = usize::try_from(byte - self.taken).unwrap_or(usize::MAX).min(self.end - self.start);
            if step == 0 {
                break;
            }
            self.take(step);
        }
        Ok(())
    }

    /// The bytes up to the end of the first line that is to be seen, of the first so many; all of them, if none ends there.
    pub(super) fn line_bytes(&self, most: usize) -> usize {
        let seen = self.unread().get(..most).unwrap_or_default();
        memchr::memchr(b'\n', seen).map_or(seen.len(), |at| at + 1)
    }

    /// Passes over one line, however long it is, and returns its start.
    pub(super) fn skip_line(&mut self, start_bytes: usize) -> Result<Vec<u8>, Error> {
        let mut start = Vec::new();
        loop {
            self.fill(1)?;
            let line = self.line_bytes(self.end - self.start);
            let seen = self.unread().get(..line).unwrap_or_default();
            let is_end = seen.is_empty() || seen.ends_with(b"\n");
            start.extend_from_slice(seen.get(..(start_bytes - start.len()).min(line)).unwrap_or_default());
            self.take(line);
            if is_end {
                return Ok(start);
            }
        }
    }
}
