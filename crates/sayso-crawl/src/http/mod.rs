//! HTTP responses as a crawl archives them: status, header, and the payload behind its encodings.

mod charset;
mod chunked;
mod encoding;

pub use charset::decode_text;
pub use chunked::{Dechunked, dechunk};
pub use encoding::{Decoded, decode_content};

use std::borrow::Cow;

use crate::record::{HeaderLine, HeaderLines};

/// A response: what its header says, and its body as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    header: &'a [u8],
    /// The body with its transfer and content encodings still on.
    pub body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Reads the response in `block`. `None` when it starts with no status line.
    #[must_use]
    pub fn parse(block: &'a [u8]) -> Option<Self> {
        let line_end = memchr::memchr(b'\n', block)?;
        let line = std::str::from_utf8(block.get(..line_end)?).ok()?;
        let mut words = line.split_ascii_whitespace();
        let version = words.next()?;
        // Crawlers have written "ICY 200 OK" and "HTTP 200"; the code is what counts.
        if !(version.starts_with("HTTP") || version == "ICY") {
            return None;
        }
        let status = words.next()?.get(..3)?.parse().ok()?;
        let rest = block.get(line_end + 1..)?;
        let (header, body) = split_header(rest);
        Some(Self { status, header, body })
    }

    /// The header's lines.
    #[must_use]
    pub fn headers(&self) -> HeaderLines<'a> {
        HeaderLines::new(self.header)
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers().find(|line: &HeaderLine<'_>| line.name.eq_ignore_ascii_case(name)).map(|line| line.value)
    }
}

/// Header and body: parted by the first empty line, with CRLF or LF; without one all is header.
fn split_header(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(newline) = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()) {
        let line = bytes.get(at..at + newline).unwrap_or_default();
        if line.is_empty() || line == b"\r" {
            return (bytes.get(..at).unwrap_or_default(), bytes.get(at + newline + 1..).unwrap_or_default());
        }
        at += newline + 1;
    }
    (bytes, &[])
}

/// What went wrong on the way from a body to its payload; the payload is as good as it could be made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayloadFlaws {
    /// The chunks do not follow their sizes.
    pub chunked: bool,
    /// The content encoding is unknown or broken.
    pub encoding: bool,
    /// The payload is larger than the limit; the excess was not read.
    pub too_large: bool,
}

/// The payload of `response`: its body without chunks and content encoding, cut at `limit_bytes`.
#[must_use]
pub fn payload<'a>(response: &Response<'a>, limit_bytes: usize, ratio: u64) -> (Cow<'a, [u8]>, PayloadFlaws) {
    let mut flaws = PayloadFlaws::default();
    let is_chunked =
        response.header("Transfer-Encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    let body = match is_chunked.then(|| dechunk(response.body)) {
        // Many crawlers undo the chunks and leave the header: a body that starts with no chunk size is one of these.
        None | Some(Dechunked::NotChunked) => Cow::Borrowed(response.body),
        Some(Dechunked::Whole(body)) => Cow::Owned(body),
        Some(Dechunked::Broken(body)) => {
            flaws.chunked = true;
            Cow::Owned(body)
        }
    };
    let Some(encoding) = response.header("Content-Encoding").filter(|value| !value.is_empty()) else {
        flaws.too_large = body.len() > limit_bytes;
        return (cut(body, limit_bytes), flaws);
    };
    let limit =
        limit_bytes.min(usize::try_from(ratio.saturating_mul(body.len().max(1024) as u64)).unwrap_or(usize::MAX));
    match decode_content(&body, encoding, limit) {
        Decoded::AsIs => (cut(body, limit_bytes), flaws),
        Decoded::Whole(payload) => (Cow::Owned(payload), flaws),
        Decoded::TooLarge(payload) => {
            flaws.too_large = true;
            (Cow::Owned(payload), flaws)
        }
        Decoded::Broken(payload) => {
            flaws.encoding = true;
            (Cow::Owned(payload), flaws)
        }
        Decoded::Unknown => {
            flaws.encoding = true;
            (Cow::Borrowed(&[]), flaws)
        }
    }
}

fn cut(bytes: Cow<'_, [u8]>, limit: usize) -> Cow<'_, [u8]> {
    if bytes.len() <= limit {
        return bytes;
    }
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(..limit).unwrap_or_default()),
        Cow::Owned(mut bytes) => {
            bytes.truncate(limit);
            Cow::Owned(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Response, payload};

    #[test]
    fn a_response_is_read() {
        let response = Response::parse(b"HTTP/1.1 404 Not Found\r\nA: b\r\nC: d\r\n\r\nbody").unwrap();
        assert_eq!((response.status, response.header("c"), response.body), (404, Some("d"), &b"body"[..]));
        let response = Response::parse(b"HTTP/1.0 200\nA: b\n\nbody\r\n\r\nmore").unwrap();
        assert_eq!((response.header("A"), response.body), (Some("b"), &b"body\r\n\r\nmore"[..]));
        assert!(Response::parse(b"<html>").is_none());
        assert!(Response::parse(b"").is_none());
    }

    #[test]
    fn chunks_that_are_none_are_left_alone() {
        let response =
            Response::parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>no chunks").unwrap();
        let (body, flaws) = payload(&response, 1 << 20, 1000);
        assert_eq!((&body[..], flaws.chunked), (&b"<html>no chunks"[..], false));
        let response = Response::parse(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        )
        .unwrap();
        assert_eq!(&payload(&response, 1 << 20, 1000).0[..], b"abcde");
    }
}
