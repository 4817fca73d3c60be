use memchr::memchr;

use super::header::utf8_prefix;
use super::{Record, RecordDate, RecordKind};

/// The fields of a WARC header that Sayso reads (ISO 28500:2017, section 5).
#[derive(Default)]
pub(super) struct WarcHeader<'a> {
    pub(super) kind: RecordKind,
    pub(super) length: Option<u64>,
    target_uri: &'a str,
    date: &'a str,
    content_type: &'a str,
    payload_digest: &'a str,
    pub(super) block_digest: &'a str,
    refers_to_uri: &'a str,
}

/// Reads the header at the start of `bytes`, of which the version was checked: its fields, and its length with the empty
/// line. `None` when the end is not there yet.
pub(super) fn read_header(bytes: &[u8]) -> Option<(WarcHeader<'_>, usize)> {
    let mut header = WarcHeader::default();
    let mut types = 0;
    // Real files end lines with CRLF; a few tools write LF alone, and then CRLF stands in the block behind.
    let mut at = memchr(b'\n', bytes)? + 1;
    loop {
        let line = bytes.get(at..)?;
        let mut length = memchr(b'\n', line)? + 1;
        if matches!(line.get(..length)?, b"\n" | b"\r\n") {
            at += length;
            break;
        }
        // A value goes on in the next line where that starts with white space.
        while let Some(b' ' | b'\t') = line.get(length) {
            length += memchr(b'\n', line.get(length..)?)? + 1;
        }
        at += length;
        let line = line.get(..length)?;
        let Some(colon) = line.iter().take(LONGEST_NAME + 2).position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at_checked(colon)?;
        let (name, value) = (name.trim_ascii(), || utf8_prefix(value.get(1..).unwrap_or_default()).trim_ascii());
        // Dispatch on the length first: a record has a dozen lines and there are billions of records.
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            9 if is(b"WARC-Type") => (header.kind, types) = (kind_of(value()), types + 1),
            9 if is(b"WARC-Date") => header.date = value(),
            12 if is(b"Content-Type") => header.content_type = value(),
            14 if is(b"Content-Length") => header.length = value().parse().ok(),
            15 if is(b"WARC-Target-URI") => header.target_uri = unbracketed(value()),
            17 if is(b"WARC-Block-Digest") => header.block_digest = value(),
            19 if is(b"WARC-Payload-Digest") => header.payload_digest = value(),
            LONGEST_NAME if is(b"WARC-Refers-To-Target-URI") => header.refers_to_uri = unbracketed(value()),
            _ => {}
        }
    }
    // Two headers in one: the first was cut off, and the second's page is not to be taken for its own.
    if types > 1 {
        header.length = None;
    }
    Some((header, at))
}

/// The length of the longest field name that is read.
const LONGEST_NAME: usize = 25;

/// WARC 1.0 shows URIs in angle brackets in its grammar, and some tools (wget) write them so.
fn unbracketed(uri: &str) -> &str {
    uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>')).unwrap_or(uri)
}

fn kind_of(name: &str) -> RecordKind {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    match name.len() {
        8 if is("warcinfo") => RecordKind::Warcinfo,
        8 if is("response") => RecordKind::Response,
        8 if is("resource") => RecordKind::Resource,
        8 if is("metadata") => RecordKind::Metadata,
        7 if is("revisit") => RecordKind::Revisit,
        _ => RecordKind::Other,
    }
}

impl<'a> WarcHeader<'a> {
    pub(super) fn record(&self, block: &'a [u8]) -> Record<'a> {
        let http = matches!(self.kind, RecordKind::Response | RecordKind::Revisit)
            && (self.content_type.get(..16).is_some_and(|start| start.eq_ignore_ascii_case("application/http"))
                || block.starts_with(b"HTTP/"));
        let digest = match (self.payload_digest, self.kind) {
            ("", RecordKind::Resource) => self.block_digest,
            (digest, _) => digest,
        };
        Record {
            kind: self.kind,
            target_uri: self.target_uri,
            date: RecordDate::Warc(self.date),
            content_type: self.content_type,
            digest,
            refers_to_uri: self.refers_to_uri,
            http,
            block,
        }
    }
}
