use memchr::memchr;
use sayso_core::Timestamp;

use super::{HeaderLines, Record, RecordKind};

/// The fields of a WARC header that Sayso reads (ISO 28500:2017, section 5).
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

/// The length of the header at the start of `bytes`, its empty line included; `None` when the end is not there yet.
pub(super) fn header_length(bytes: &[u8]) -> Option<usize> {
    // Real files end lines with CRLF; a few tools write LF alone, and then CRLF stands in the block behind.
    let mut at = 0;
    loop {
        at += memchr(b'\n', bytes.get(at..)?)? + 1;
        match bytes.get(at..)? {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
}

/// Reads a header of which the first line, the version, was checked.
pub(super) fn read_header(bytes: &[u8]) -> WarcHeader<'_> {
    let mut header = WarcHeader {
        kind: RecordKind::Other,
        length: None,
        target_uri: "",
        date: "",
        content_type: "",
        payload_digest: "",
        block_digest: "",
        refers_to_uri: "",
    };
    let mut types = 0;
    for line in HeaderLines::new(bytes) {
        // Dispatch on the length first: a record has a dozen lines and there are billions of records.
        let is = |name: &str| line.name.eq_ignore_ascii_case(name);
        match line.name.len() {
            9 if is("WARC-Type") => (header.kind, types) = (kind_of(line.value), types + 1),
            9 if is("WARC-Date") => header.date = line.value,
            12 if is("Content-Type") => header.content_type = line.value,
            14 if is("Content-Length") => header.length = line.value.parse().ok(),
            15 if is("WARC-Target-URI") => header.target_uri = unbracketed(line.value),
            17 if is("WARC-Block-Digest") => header.block_digest = line.value,
            19 if is("WARC-Payload-Digest") => header.payload_digest = line.value,
            25 if is("WARC-Refers-To-Target-URI") => header.refers_to_uri = unbracketed(line.value),
            _ => {}
        }
    }
    // Two headers in one: the first was cut off, and the second's page is not to be taken for its own.
    if types > 1 {
        header.length = None;
    }
    header
}

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
            date: self.date.parse::<Timestamp>().ok(),
            content_type: self.content_type,
            digest,
            refers_to_uri: self.refers_to_uri,
            http,
            block,
        }
    }
}
