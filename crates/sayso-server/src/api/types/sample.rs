use std::collections::BTreeMap;

use sayso_core::{RecordLocator, Sample};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiVerdict;

/// An admitted pair with what is known of its picture, and its verdict.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiSample {
    /// The identity: 32 hexadecimal digits that depend on `url` and `caption` alone.
    #[schema(example = "c1b27ac56fedf2e9a83edd8e86cd242b")]
    pub(crate) uid: String,
    /// The identity that cc2dataset gives the same pair.
    pub(crate) cc2dataset_uid: String,
    /// The picture's URL.
    pub(crate) url: String,
    /// The registrable domain of `url`.
    pub(crate) domain: String,
    /// The text that goes with the picture.
    pub(crate) caption: String,
    /// Where the caption was found.
    #[schema(example = "alt")]
    pub(crate) caption_origin: String,
    /// The page on which the pair was found.
    pub(crate) page_url: String,
    /// When that page was captured (ISO 8601, UTC).
    pub(crate) captured_at: Option<String>,
    /// How often the same pair was seen in the crawl.
    pub(crate) captures: u32,
    /// Who made the picture, where that is stated.
    pub(crate) creator: Option<String>,
    /// How the creator became known.
    pub(crate) creator_origin: Option<String>,
    /// The licence as the page states it.
    #[schema(example = "cc-by-4.0")]
    pub(crate) licence: Option<String>,
    /// Width in pixels, where the picture lies in the crawl.
    pub(crate) width: Option<u32>,
    /// Height in pixels, where the picture lies in the crawl.
    pub(crate) height: Option<u32>,
    /// Size of the picture's file, where it lies in the crawl.
    pub(crate) picture_bytes: Option<u64>,
    /// SHA-256 of the picture's file, where it lies in the crawl.
    pub(crate) sha256: Option<String>,
    /// The picture's perceptual hash (PDQ, 64 hexadecimal digits), where the picture lies in the crawl.
    pub(crate) pdq: Option<String>,
    /// PDQ's quality of that hash, from 0 to 100.
    pub(crate) pdq_quality: Option<u8>,
    /// Values of further columns: what an imported table had, and what was found out later, as text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) further: BTreeMap<String, String>,
    /// The record of the page.
    pub(crate) record: ApiRecord,
    /// The verdict under which the pair was admitted.
    pub(crate) verdict: ApiVerdict,
}

/// Where a record lies in a crawl.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiRecord {
    /// The crawl file.
    pub(crate) file: String,
    /// Where the record starts, in bytes.
    pub(crate) offset: u64,
    /// How long it is, in bytes; 0 where the source does not say.
    pub(crate) length: u64,
    /// The payload digest as the record states it; empty where it states none.
    pub(crate) digest: String,
}

impl From<&Sample> for ApiSample {
    fn from(sample: &Sample) -> Self {
        let pair = &sample.pair;
        Self {
            uid: pair.uid.to_string(),
            cc2dataset_uid: pair.cc2dataset_uid.clone(),
            url: pair.url.clone(),
            domain: pair.domain.clone(),
            caption: pair.caption.clone(),
            caption_origin: pair.caption_origin.to_string(),
            page_url: pair.page_url.clone(),
            captured_at: pair.captured_at.map(|instant| instant.to_string()),
            captures: pair.captures,
            creator: pair.creator.clone(),
            creator_origin: pair.creator_origin.map(|origin| origin.to_string()),
            licence: pair.licence.clone(),
            width: pair.width,
            height: pair.height,
            picture_bytes: pair.picture_bytes,
            sha256: pair.sha256.clone(),
            pdq: pair.pdq.map(|pdq| pdq.to_string()),
            pdq_quality: pair.pdq_quality,
            further: pair.further.iter().cloned().collect(),
            record: (&pair.record).into(),
            verdict: ApiVerdict::new(sample.verdict(), pair),
        }
    }
}

impl From<&RecordLocator> for ApiRecord {
    fn from(record: &RecordLocator) -> Self {
        Self {
            file: record.file.to_string(),
            offset: record.offset,
            length: record.length,
            digest: record.digest.clone(),
        }
    }
}
