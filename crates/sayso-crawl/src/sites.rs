use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use sayso_core::{Pdq, RecordLocator, Signal, Timestamp};
use serde::{Deserialize, Serialize};

/// What a crawl says beside its pairs, and what pairs are joined with later: by the site they stand on, by the
/// picture they show, by the page they were seen on again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum SiteFact {
    /// A robots.txt, under the site's origin.
    Robots {
        /// The HTTP status with which it was served.
        status: u16,
        /// Its text; empty unless the status is 2xx.
        body: String,
        /// When it was captured.
        captured_at: Option<Timestamp>,
        /// Its record.
        record: RecordLocator,
    },
    /// Another file by which a site speaks for many of its addresses, under its own address.
    File {
        /// Which file it is.
        name: SiteFile,
        /// The media type with which it was served; empty where none was said.
        content_type: String,
        /// Its text.
        body: String,
        /// When it was captured.
        captured_at: Option<Timestamp>,
        /// Its record.
        record: RecordLocator,
    },
    /// A picture that lies in the crawl, under its URL and under its payload digest.
    Picture {
        /// SHA-256 of the payload in hexadecimal.
        sha256: String,
        /// Size of the payload.
        bytes: u64,
        /// Width and height in pixels, where the file's header says.
        size: Option<(u32, u32)>,
        /// Its perceptual hash and PDQ's quality of that, where it could be decoded.
        pdq: Option<(Pdq, u8)>,
        /// The stored form of its features in base64, where they were made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        features: Option<String>,
        /// Signals of the picture's own response.
        signals: Vec<Signal>,
        /// When it was captured.
        captured_at: Option<Timestamp>,
        /// Its record.
        record: RecordLocator,
    },
    /// A capture that found what an earlier one had found, under the payload digest of both.
    Revisit {
        /// What was captured again.
        url: String,
        /// Signals of the later response.
        signals: Vec<Signal>,
        /// When it was captured again.
        captured_at: Option<Timestamp>,
        /// The revisit's record.
        record: RecordLocator,
    },
}

/// The files besides robots.txt by which a site speaks for many of its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteFile {
    /// `/.well-known/tdmrep.json`.
    Tdmrep,
    /// `/ai.txt`.
    AiTxt,
    /// An RSL document, wherever it lies.
    Rsl,
}

impl SiteFile {
    /// What the file at an address is, by its path, or by its media type where it may lie anywhere.
    #[must_use]
    pub fn of(path: &str, content_type: &str) -> Option<Self> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim_ascii();
        match path {
            "/.well-known/tdmrep.json" => Some(Self::Tdmrep),
            "/ai.txt" => Some(Self::AiTxt),
            _ => media_type.eq_ignore_ascii_case("application/rsl+xml").then_some(Self::Rsl),
        }
    }

    /// The path at which the file lies on every site; `None` where another file says where it is.
    #[must_use]
    pub fn path(self) -> Option<&'static str> {
        match self {
            Self::Tdmrep => Some("/.well-known/tdmrep.json"),
            Self::AiTxt => Some("/ai.txt"),
            Self::Rsl => None,
        }
    }
}

impl SiteFact {
    /// The key for a file of the site `origin` at `path`.
    #[must_use]
    pub fn file_key(origin: &str, path: &str) -> String {
        format!("file {origin}{path}")
    }

    /// The key for the robots.txt of an origin.
    #[must_use]
    pub fn robots_key(origin: &str) -> String {
        format!("robots {origin}")
    }

    /// The key for the picture at a URL.
    #[must_use]
    pub fn picture_key(url: &str) -> String {
        format!("picture {}", url.split('#').next().unwrap_or(url))
    }

    /// The key for a picture of this payload digest.
    #[must_use]
    pub fn digest_key(digest: &str) -> String {
        format!("digest {digest}")
    }

    /// The key for a revisit of a URL: what was captured there again.
    #[must_use]
    pub fn revisited_url_key(url: &str) -> String {
        format!("revisited {}", url.split('#').next().unwrap_or(url))
    }

    /// The key for the revisits of a page whose payload has this digest.
    #[must_use]
    pub fn revisit_key(digest: &str) -> String {
        format!("revisit {digest}")
    }
}

/// Collects rows of (key, fact as JSON).
#[derive(Debug, Default)]
pub struct SiteRowsBuilder {
    keys: StringBuilder,
    values: StringBuilder,
    rows: usize,
    bytes: usize,
}

impl SiteRowsBuilder {
    /// Adds one fact.
    pub fn push(&mut self, key: &str, fact: &SiteFact) -> Result<(), serde_json::Error> {
        let value = serde_json::to_string(fact)?;
        self.keys.append_value(key);
        self.values.append_value(&value);
        self.rows += 1;
        self.bytes += key.len() + value.len();
        Ok(())
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes they hold.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The schema of the batches.
    #[must_use]
    pub fn schema() -> Arc<Schema> {
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        Arc::new(Schema::new(vec![text("key"), text("value")]))
    }

    /// Makes a batch of the rows and starts anew.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        self.bytes = 0;
        let columns: Vec<ArrayRef> = vec![Arc::new(self.keys.finish()), Arc::new(self.values.finish())];
        RecordBatch::try_new(Self::schema(), columns)
    }
}
