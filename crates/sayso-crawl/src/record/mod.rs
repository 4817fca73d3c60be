//! Records of WARC (1.0, 1.1 and the drafts before) and ARC (1 and 2), found in a buffer without I/O.

mod arc;
mod cut;
mod digest;
mod header;
mod warc;

pub use cut::{Cut, Cutter, Flaw};
pub(crate) use cut::{is_arc_line, is_start, next_record};
pub use header::{HeaderLine, HeaderLines};

use sayso_core::Timestamp;

/// What kind of thing a record holds, by its `WARC-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecordKind {
    /// `warcinfo`: about the file.
    Warcinfo,
    /// `response`: a response as it came from the server.
    Response,
    /// `resource`: a payload without its response.
    Resource,
    /// `metadata`: about another record; a WAT consists of these.
    Metadata,
    /// `revisit`: a capture that found what an earlier one had found.
    Revisit,
    /// `request`, `conversion`, `continuation`, and whatever may come.
    #[default]
    Other,
}

/// A record's date as it is written: most records are passed over, so it is read where it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordDate<'a> {
    /// `WARC-Date`.
    Warc(&'a str),
    /// The date field of an ARC record's line.
    Arc(&'a str),
}

impl RecordDate<'_> {
    /// The instant; `None` where there is none that can be read.
    #[must_use]
    pub fn read(self) -> Option<Timestamp> {
        match self {
            Self::Warc(text) => text.parse().ok(),
            Self::Arc(text) => Timestamp::from_arc_date(text).ok(),
        }
    }
}

/// One record, borrowed from the buffer it was found in.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// Its kind.
    pub kind: RecordKind,
    /// What it is about; empty where it names nothing.
    pub target_uri: &'a str,
    /// When it was captured.
    pub date: RecordDate<'a>,
    /// `Content-Type` of the block.
    pub content_type: &'a str,
    /// The payload digest it states, else the block digest of a resource, else empty.
    pub digest: &'a str,
    /// For a revisit: the URI of the capture it refers to.
    pub refers_to_uri: &'a str,
    /// Whether the block is an HTTP response with its headers, as ARC has it for every http URL.
    pub http: bool,
    /// The block, shorter than the record said if the record was cut off.
    pub block: &'a [u8],
}
