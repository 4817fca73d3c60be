use memchr::memchr2;
use wide::u8x16;

use super::skip::end_of_container;

/// A position in JSON text. Moves forward over what it is asked for and says `None` at anything else.
///
/// Made for documents of which a few fields matter: what is not asked for is stepped over, not parsed. Strings are
/// handed out raw; [`super::string::unescape`] makes text of them.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at byte `at` of `text`.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    #[inline]
    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// The raw content of the string that starts here.
    #[inline]
    pub(super) fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let start = self.at;
        // Most strings are keys and short values: one look without a call finds their end.
        if let Some(bytes) = self.bytes().get(start..).and_then(|rest| rest.first_chunk::<16>()) {
            let bytes = u8x16::from(*bytes);
            let ends = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
            let length = ends.to_bitmask().trailing_zeros() as usize;
            self.at = start + length.min(16);
            if self.bytes().get(self.at) == Some(&b'"') {
                let content = self.text.get(start..self.at)?;
                self.at += 1;
                return Some(content);
            }
        }
        loop {
            let rest = self.bytes().get(self.at..)?;
            let found = memchr2(b'"', b'\\', rest)?;
            self.at += found;
            if self.bytes().get(self.at) == Some(&b'"') {
                let content = self.text.get(start..self.at)?;
                self.at += 1;
                return Some(content);
            }
            self.at += 2;
        }
    }

    /// The string that starts here, or `None` after stepping over a value that is no string.
    pub(super) fn string_or_skip(&mut self) -> Option<Option<&'a str>> {
        if self.peek()? == b'"' { self.string().map(Some) } else { self.skip().map(|()| None) }
    }

    /// Steps over the value that starts here.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => {
                self.at = end_of_container(self.bytes(), self.at)?;
                Some(())
            }
            _ => {
                let rest = self.bytes().get(self.at..)?;
                let length =
                    rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
                match length? {
                    0 => None,
                    length => {
                        self.at += length;
                        Some(())
                    }
                }
            }
        }
    }

    /// The raw text of the value that starts here.
    pub(super) fn raw(&mut self) -> Option<&'a str> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at)
    }

    /// Calls `field` for each key of the object that starts here; `field` must step over the value.
    ///
    /// Steps over a value that is no object. `None` where the text is no JSON.
    #[inline]
    pub(super) fn object(&mut self, mut field: impl FnMut(&'a str, &mut Self) -> Option<()>) -> Option<()> {
        if self.peek()? != b'{' {
            return self.skip();
        }
        self.at += 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.string()?;
            self.take(b':')?;
            field(key, self)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// Calls `element` for each element of the array that starts here; `element` must step over it.
    ///
    /// Steps over a value that is no array. `None` where the text is no JSON.
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.peek()? != b'[' {
            return self.skip();
        }
        self.at += 1;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            element(self)?;
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// Whether the value that starts here is an array.
    pub(super) fn is_array(&mut self) -> bool {
        self.peek() == Some(b'[')
    }
}
