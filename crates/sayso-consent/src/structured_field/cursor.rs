use crate::ConsentError;

/// A place in the bytes of one field.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn eat(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_byte(&mut self, wanted: u8, expected: &'static str) -> Result<(), ConsentError> {
        if self.eat(wanted) { Ok(()) } else { Err(self.error(expected)) }
    }

    pub(super) fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| !keep(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(|byte| byte == b' ');
    }

    pub(super) fn skip_optional_whitespace(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t'));
    }

    pub(super) fn error(&self, expected: &'static str) -> ConsentError {
        ConsentError::StructuredField { at_bytes: self.at, expected }
    }
}

/// Bytes that the callers have checked to be ASCII, as a string.
pub(super) fn ascii(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
