use memchr::memchr;

/// One `Name: value` line of a record or HTTP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderLine<'a> {
    /// The name, without the white space around it.
    pub name: &'a str,
    /// The value, without the white space around it. Folded lines keep their line breaks.
    pub value: &'a str,
    /// The same in bytes, whole even where they are no UTF-8.
    pub raw: &'a [u8],
    /// Where the value starts, in bytes from the start of the header.
    pub at: usize,
}

/// The lines of a header, leniently: CRLF or LF, folded lines joined, lines without a colon passed over.
///
/// Bytes that are no UTF-8 end the text of the value they stand in; its bytes are there whole. Names are ASCII.
#[derive(Debug, Clone)]
pub struct HeaderLines<'a> {
    bytes: &'a [u8],
    /// The same as text, if all of it is: one check is cheaper than one for each line.
    text: Option<&'a str>,
    at: usize,
}

impl<'a> HeaderLines<'a> {
    /// Reads the lines of `bytes`, which should hold no more than the header.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, text: simdutf8::basic::from_utf8(bytes).ok(), at: 0 }
    }
}

/// The longest prefix of `bytes` that is UTF-8.
pub(super) fn utf8_prefix(bytes: &[u8]) -> &str {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => bytes.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or(""),
    }
}

impl<'a> Iterator for HeaderLines<'a> {
    type Item = HeaderLine<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.at;
            let rest = self.bytes.get(start..)?;
            if rest.is_empty() {
                return None;
            }
            // A line goes on where the next one starts with white space (RFC 9112, section 5.2: obs-fold).
            let mut end = start;
            while let Some(line) = self.bytes.get(end..) {
                end += memchr(b'\n', line).map_or(line.len(), |newline| newline + 1);
                if !matches!(self.bytes.get(end), Some(b' ' | b'\t')) {
                    break;
                }
            }
            self.at = end;
            let line = self.bytes.get(start..end)?;
            let Some(colon) = memchr(b':', line) else { continue };
            let text = self.text.and_then(|text| text.get(start..end));
            let (name, value) = match text.and_then(|line| line.split_at_checked(colon)) {
                Some((name, value)) => (name.trim_ascii(), value.get(1..).unwrap_or_default()),
                None => match line.split_at_checked(colon) {
                    Some((name, value)) => {
                        (utf8_prefix(name).trim_ascii(), utf8_prefix(value.get(1..).unwrap_or_default()))
                    }
                    None => continue,
                },
            };
            let value_start = value.len() - value.trim_ascii_start().len();
            let raw = line.get(colon + 1..).unwrap_or_default().trim_ascii();
            let at = start + colon + 1 + value_start;
            return Some(HeaderLine { name, value: value.trim_ascii(), raw, at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderLine, HeaderLines};

    fn lines(bytes: &[u8]) -> Vec<(&str, &str)> {
        HeaderLines::new(bytes).map(|HeaderLine { name, value, .. }| (name, value)).collect()
    }

    #[test]
    fn lines_are_read_as_servers_write_them() {
        assert_eq!(lines(b"A: b\r\nC:d\nE : f \r\n\r\n"), [("A", "b"), ("C", "d"), ("E", "f")]);
        assert_eq!(lines(b"A: b\r\n c\r\nD: e"), [("A", "b\r\n c"), ("D", "e")]);
        assert_eq!(lines(b"no colon\r\nA: b"), [("A", "b")]);
        assert_eq!(lines(b"A: caf\xe9 x\r\nB: c"), [("A", "caf"), ("B", "c")]);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn the_place_of_a_value_is_known() {
        let bytes = b"A: b\r\nX-Robots-Tag:  noai\r\n";
        let last = HeaderLines::new(bytes).last();
        assert_eq!(last.map(|line| line.at), Some(21));
    }
}
