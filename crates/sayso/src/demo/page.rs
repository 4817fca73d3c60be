use std::borrow::Cow;
use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A text that a site serves, and how it is sent.
pub(super) struct Page {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) charset: Charset,
    /// Whether it is sent in gzip and in chunks.
    pub(super) packed: bool,
    /// When it was captured again, unchanged.
    pub(super) seen_again: Option<&'static str>,
}

/// In which charset a page is sent, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8, by the header.
    Utf8,
    /// Shift_JIS, by the page's own meta element.
    ShiftJis,
    /// windows-1252, by the page's own meta element.
    Windows1252,
}

impl Page {
    pub(super) const fn new(path: &'static str, text: &'static str) -> Self {
        Self { path, text, charset: Charset::Utf8, packed: false, seen_again: None }
    }

    pub(super) const fn charset(self, charset: Charset) -> Self {
        Self { charset, ..self }
    }

    pub(super) const fn packed(self) -> Self {
        Self { packed: true, ..self }
    }

    pub(super) const fn seen_again(self, date: &'static str) -> Self {
        Self { seen_again: Some(date), ..self }
    }

    pub(super) fn content_type(&self) -> &'static str {
        match (self.path.rsplit_once('.'), self.charset) {
            (Some((_, "json")), _) => "application/json",
            (Some((_, "txt")), _) => "text/plain; charset=utf-8",
            (_, Charset::Utf8) => "text/html; charset=utf-8",
            (_, Charset::ShiftJis | Charset::Windows1252) => "text/html",
        }
    }

    /// The message body as it goes over the wire.
    pub(super) fn body(&self) -> io::Result<Vec<u8>> {
        let encoding = match self.charset {
            Charset::Utf8 => encoding_rs::UTF_8,
            Charset::ShiftJis => encoding_rs::SHIFT_JIS,
            Charset::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        let encoded: Cow<'_, [u8]> = encoding.encode(self.text).0;
        if !self.packed {
            return Ok(encoded.into_owned());
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&encoded)?;
        in_chunks(&gzip.finish()?)
    }
}

/// The chunked transfer coding (RFC 9112, section 7.1), in chunks small enough that a page has several.
fn in_chunks(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut chunked = Vec::new();
    for chunk in body.chunks(300) {
        write!(chunked, "{:x}\r\n", chunk.len())?;
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    Ok(chunked)
}
