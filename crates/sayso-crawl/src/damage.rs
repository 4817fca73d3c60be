use std::collections::BTreeMap;

/// What can be wrong with input. Every kind is counted in the report under its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DamageKind {
    /// Bytes between records that belong to none.
    Garbage,
    /// A gzip member or zstd frame that does not inflate, or whose checksum does not hold.
    Compression,
    /// The input ends in the middle of a gzip member, zstd frame or record.
    Truncated,
    /// A record's header cannot be read.
    RecordHeader,
    /// A record's `Content-Length` does not lead to the record's end.
    ContentLength,
    /// A record is larger than the limit; its block was not read.
    RecordTooLarge,
    /// An HTTP response has no readable status line or header.
    HttpHeader,
    /// A chunked body does not follow its chunk sizes; it was taken as it stands.
    Chunked,
    /// A content encoding is unknown or broken.
    ContentEncoding,
    /// A payload is larger than the limit after its content encoding is undone; the excess was not read.
    PayloadTooLarge,
    /// The JSON of a WAT record cannot be read.
    WatJson,
    /// A page holds more links than the limit; the excess was not taken.
    TooManyLinks,
    /// A capture carries more distinct signals than are kept.
    TooManySignals,
    /// An attribute or embedded script is larger than the limit; it was not read.
    AttributeTooLarge,
    /// A URL cannot be resolved, or is longer than the limit.
    Url,
    /// A caption is longer than the limit.
    CaptionTooLong,
    /// A revisit that names no payload digest, so that its original cannot be found.
    RevisitUnresolved,
    /// JSON-LD that is not JSON.
    JsonLd,
    /// A picture whose file cannot be decoded, or not within the limits.
    Picture,
}

impl DamageKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::Compression => "compression",
            Self::Truncated => "truncated",
            Self::RecordHeader => "record-header",
            Self::ContentLength => "content-length",
            Self::RecordTooLarge => "record-too-large",
            Self::HttpHeader => "http-header",
            Self::Chunked => "chunked",
            Self::ContentEncoding => "content-encoding",
            Self::PayloadTooLarge => "payload-too-large",
            Self::WatJson => "wat-json",
            Self::TooManyLinks => "too-many-links",
            Self::TooManySignals => "too-many-signals",
            Self::AttributeTooLarge => "attribute-too-large",
            Self::Url => "url",
            Self::CaptionTooLong => "caption-too-long",
            Self::RevisitUnresolved => "revisit-unresolved",
            Self::JsonLd => "json-ld",
            Self::Picture => "picture",
        }
    }
}

/// One piece of damage, kept as an example of its kind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Damage {
    /// The file it was found in.
    pub file: String,
    /// Where in the file, in bytes, as a record locator counts.
    pub offset: u64,
    /// One sentence; names the limit and how to raise it where there is one.
    pub message: String,
}

/// Examples that are kept of each kind; the count goes on.
const EXAMPLES: usize = 3;

/// Damage counted by kind, with the first few of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct DamageCounts(BTreeMap<DamageKind, KindCount>);

/// How often one kind of damage was met, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KindCount {
    /// How often.
    pub count: u64,
    /// The first few.
    pub examples: Vec<Damage>,
}

impl DamageCounts {
    /// Counts one piece of damage.
    pub fn add(&mut self, kind: DamageKind, file: &str, offset: u64, message: impl Into<String>) {
        let entry = self.0.entry(kind).or_default();
        entry.count += 1;
        if entry.examples.len() < EXAMPLES {
            entry.examples.push(Damage { file: file.to_owned(), offset, message: message.into() });
        }
    }

    /// Adds the counts of input that comes after this one's.
    pub fn append(&mut self, later: Self) {
        for (kind, count) in later.0 {
            let entry = self.0.entry(kind).or_default();
            entry.count += count.count;
            let room = EXAMPLES.saturating_sub(entry.examples.len());
            entry.examples.extend(count.examples.into_iter().take(room));
        }
    }

    /// How often `kind` was met.
    #[must_use]
    pub fn count(&self, kind: DamageKind) -> u64 {
        self.0.get(&kind).map_or(0, |count| count.count)
    }

    /// Every kind that was met, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (DamageKind, &KindCount)> {
        self.0.iter().map(|(kind, count)| (*kind, count))
    }

    /// Whether nothing was met.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
