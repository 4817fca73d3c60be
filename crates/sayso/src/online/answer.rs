use std::sync::Arc;

use sayso_consent::embedded;
use sayso_core::{Limits, Signal, SignalKind, Timestamp};
use sayso_crawl::http::{Decoded, decode_content};
use sayso_crawl::{PayloadKind, payload_kind};

use crate::signals::EMBEDDED_LIMITS;

/// What a server answered to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The headers that matter here, in the order in which they came, their names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    /// What is missing of the body.
    pub(super) flaw: Option<Flaw>,
    pub(super) fetched_at: Timestamp,
}

/// What is kept of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// All of it, its content encoding undone.
    Bytes(Arc<[u8]>),
    /// Of a picture, what it says inside; the picture itself is nobody's business.
    Picture(Vec<Signal>),
}

/// Why a body is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Flaw {
    /// It is longer than this many bytes, and its end was not read.
    Cut {
        /// The limit.
        limit_bytes: u64,
    },
    /// Its content encoding is unknown or broken.
    Encoding,
}

/// The headers that are kept beside those that carry signals.
const KEPT: [&str; 7] = ["content-type", "etag", "last-modified", "link", "location", "retry-after", "cache-control"];

/// Bytes of a page that are read.
pub(super) const PAGE_BYTES: u64 = 5 << 20;

/// Bytes of a picture that are read.
pub(super) const PICTURE_BYTES: u64 = 32 << 20;

/// Whether a header of this name is kept.
pub(super) fn is_kept(name: &str) -> bool {
    SignalKind::of_header(name).is_some() || KEPT.iter().any(|kept| name.eq_ignore_ascii_case(kept))
}

impl Answer {
    /// The first header of this lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every header of this lower-case name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the body is.
    pub(super) fn kind(&self) -> PayloadKind {
        match &self.body {
            Body::Picture(_) => PayloadKind::Picture,
            Body::Bytes(bytes) => payload_kind(self.header("content-type"), bytes),
        }
    }

    /// The bytes of the body; of a picture there are none.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Bytes(bytes) => bytes,
            Body::Picture(_) => &[],
        }
    }

    /// Where the answer sends whoever asked.
    pub(super) fn redirect(&self) -> Option<&str> {
        matches!(self.status, 301 | 302 | 303 | 307 | 308).then(|| self.header("location")).flatten()
    }
}

impl Body {
    /// What is kept of the bytes `sent`, of which there are more where they come to more than `limit_bytes`.
    pub(super) fn read(
        sent: Vec<u8>,
        content_type: Option<&str>,
        encoding: Option<&str>,
        limit_bytes: u64,
        limits: &Limits,
    ) -> (Self, Option<Flaw>) {
        let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
        // What was sent and is longer is cut already; whether its encoding ends well cannot be known then.
        let is_cut = sent.len() > limit;
        let (mut bytes, mut flaw) =
            match encoding.map(|encoding| decode_content(&sent, encoding, room(&sent, limit, limits))) {
                None | Some(Decoded::AsIs) => (sent, None),
                Some(Decoded::Whole(bytes)) => (bytes, None),
                Some(Decoded::TooLarge(bytes)) => (bytes, Some(Flaw::Cut { limit_bytes })),
                Some(Decoded::Broken(bytes)) => (bytes, Some(Flaw::Encoding)),
                Some(Decoded::Unknown) => (Vec::new(), Some(Flaw::Encoding)),
            };
        if is_cut || bytes.len() > limit {
            flaw = Some(Flaw::Cut { limit_bytes });
        }
        // One byte more than the limit tells the readers of files that there is more.
        bytes.truncate(limit.saturating_add(1));
        if payload_kind(content_type, &bytes) == PayloadKind::Picture {
            // As of a crawl, of a picture that is not whole nothing is kept.
            let signals = if flaw.is_none() { embedded::signals(&bytes, &EMBEDDED_LIMITS) } else { Vec::new() };
            return (Self::Picture(signals), flaw);
        }
        // What was read as far as a picture's metadata may reach turned out to be none.
        let most = usize::try_from(PAGE_BYTES).unwrap_or(usize::MAX);
        if bytes.len() > most.saturating_add(1) {
            bytes.truncate(most);
            flaw = Some(Flaw::Cut { limit_bytes: PAGE_BYTES });
        }
        (Self::Bytes(bytes.into()), flaw)
    }
}

/// Bytes that a body may have when its content encoding is undone.
fn room(sent: &[u8], limit: usize, limits: &Limits) -> usize {
    let inflated = limits.inflation_ratio.saturating_mul(sent.len().max(1024) as u64);
    limit.saturating_add(1).min(usize::try_from(inflated).unwrap_or(usize::MAX))
}
