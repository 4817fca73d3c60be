use std::sync::{Arc, LazyLock};

use arrow_array::builder::{
    FixedSizeBinaryBuilder, StringBuilder, TimestampMicrosecondBuilder, UInt8Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use md5::{Digest, Md5};
use sayso_core::{CaptionOrigin, CreatorOrigin, Timestamp, Uid};

use crate::domain::{host_of, registrable_domain};

/// What all pairs of one page have in common.
#[derive(Debug, Clone, Copy)]
pub struct PoolPage<'a> {
    /// The page's URL.
    pub url: &'a str,
    /// When it was captured.
    pub captured_at: Option<Timestamp>,
    /// Who made the pictures, if the page says so, and how it does.
    pub creator: Option<(&'a str, CreatorOrigin)>,
    /// The licence it states.
    pub licence: Option<&'a str>,
    /// The crawl file of its record.
    pub file: &'a str,
    /// Where the record starts.
    pub offset: u64,
    /// How long the record is.
    pub length: u64,
    /// The record's payload digest.
    pub digest: &'a str,
    /// The signals it carries, as JSON; `None` where it carries none.
    pub signals: Option<&'a str>,
}

/// One candidate pair.
#[derive(Debug, Clone, Copy)]
pub struct PoolPair<'a> {
    /// The picture's URL, absolute.
    pub url: &'a str,
    /// The text.
    pub caption: &'a str,
    /// Where the text stands.
    pub origin: CaptionOrigin,
    /// The creator stated for this picture, which goes before the page's.
    pub creator: Option<(&'a str, CreatorOrigin)>,
    /// The licence stated for this picture, which goes before the page's.
    pub licence: Option<&'a str>,
}

/// The schema of the pool: all candidate pairs, before judgement.
#[must_use]
pub fn pool_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
        Arc::new(Schema::new(vec![
            text("domain", false),
            text("url", false),
            Field::new("uid", DataType::FixedSizeBinary(16), false),
            text("caption", false),
            Field::new("caption_origin", DataType::UInt8, false),
            Field::new("cc2dataset_uid", DataType::FixedSizeBinary(16), false),
            text("page_url", false),
            Field::new("captured_at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
            text("creator", true),
            Field::new("creator_origin", DataType::UInt8, true),
            text("licence", true),
            text("record_file", false),
            Field::new("record_offset", DataType::UInt64, false),
            Field::new("record_length", DataType::UInt64, false),
            text("record_digest", false),
            text("signals", true),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// Collects candidate pairs column by column.
pub struct PoolBuilder {
    domain: StringBuilder,
    url: StringBuilder,
    uid: FixedSizeBinaryBuilder,
    caption: StringBuilder,
    caption_origin: UInt8Builder,
    cc2dataset_uid: FixedSizeBinaryBuilder,
    page_url: StringBuilder,
    captured_at: TimestampMicrosecondBuilder,
    creator: StringBuilder,
    creator_origin: UInt8Builder,
    licence: StringBuilder,
    record_file: StringBuilder,
    record_offset: UInt64Builder,
    record_length: UInt64Builder,
    record_digest: StringBuilder,
    signals: StringBuilder,
    rows: usize,
    /// The last host and its domain: a page's pictures mostly come from one or two hosts.
    last_host: String,
    last_domain: String,
}

impl Default for PoolBuilder {
    fn default() -> Self {
        Self::with_room(&Room::default())
    }
}

/// How much the last batch took: the next one is much like it, and growing step by step copies it all again.
#[derive(Clone, Copy, Default)]
struct Room {
    rows: usize,
    domain: usize,
    url: usize,
    caption: usize,
    page_url: usize,
    record_file: usize,
    record_digest: usize,
}

/// Bytes, or rows, that are made room for at once.
const MAX_ROOM: usize = 8 << 20;

impl PoolBuilder {
    fn with_room(room: &Room) -> Self {
        let Room { rows, .. } = *room;
        Self {
            domain: StringBuilder::with_capacity(rows, room.domain),
            url: StringBuilder::with_capacity(rows, room.url),
            uid: FixedSizeBinaryBuilder::with_capacity(rows, 16),
            caption: StringBuilder::with_capacity(rows, room.caption),
            caption_origin: UInt8Builder::with_capacity(rows),
            cc2dataset_uid: FixedSizeBinaryBuilder::with_capacity(rows, 16),
            page_url: StringBuilder::with_capacity(rows, room.page_url),
            captured_at: TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC"),
            creator: StringBuilder::with_capacity(rows, 0),
            creator_origin: UInt8Builder::with_capacity(rows),
            licence: StringBuilder::with_capacity(rows, 0),
            record_file: StringBuilder::with_capacity(rows, room.record_file),
            record_offset: UInt64Builder::with_capacity(rows),
            record_length: UInt64Builder::with_capacity(rows),
            record_digest: StringBuilder::with_capacity(rows, room.record_digest),
            signals: StringBuilder::with_capacity(rows, 0),
            rows: 0,
            last_host: String::new(),
            last_domain: String::new(),
        }
    }

    fn room(&self) -> Room {
        // A tenth more, so that a batch that is a little larger does not grow after all.
        // Not without bound: what a hostile page made large must not stay so.
        let more = |bytes: usize| (bytes + bytes / 10).min(MAX_ROOM);
        Room {
            rows: more(self.rows),
            domain: more(self.domain.values_slice().len()),
            url: more(self.url.values_slice().len()),
            caption: more(self.caption.values_slice().len()),
            page_url: more(self.page_url.values_slice().len()),
            record_file: more(self.record_file.values_slice().len()),
            record_digest: more(self.record_digest.values_slice().len()),
        }
    }
}

impl PoolBuilder {
    /// Adds one pair found on `page`.
    pub fn push(&mut self, page: &PoolPage<'_>, pair: &PoolPair<'_>) -> Result<(), ArrowError> {
        let host = host_of(pair.url);
        if host != self.last_host || self.rows == 0 {
            self.last_domain.clear();
            self.last_domain.push_str(registrable_domain(&host));
            self.last_host = host.into_owned();
        }
        self.domain.append_value(&self.last_domain);
        self.url.append_value(pair.url);
        self.uid.append_value(Uid::of_pair(pair.url, pair.caption).as_bytes())?;
        self.caption.append_value(pair.caption);
        self.caption_origin.append_value(pair.origin as u8);
        self.cc2dataset_uid.append_value(cc2dataset_uid(pair.url, pair.caption))?;
        self.page_url.append_value(page.url);
        self.captured_at.append_option(page.captured_at.map(Timestamp::as_micros));
        let creator = pair.creator.or(page.creator);
        self.creator.append_option(creator.map(|(name, _)| name));
        self.creator_origin.append_option(creator.map(|(_, origin)| origin as u8));
        self.licence.append_option(pair.licence.or(page.licence));
        self.record_file.append_value(page.file);
        self.record_offset.append_value(page.offset);
        self.record_length.append_value(page.length);
        self.record_digest.append_value(page.digest);
        self.signals.append_option(page.signals);
        self.rows += 1;
        Ok(())
    }

    /// How many pairs there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes of text they hold.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = [
            &self.domain,
            &self.url,
            &self.caption,
            &self.page_url,
            &self.creator,
            &self.licence,
            &self.record_file,
            &self.record_digest,
            &self.signals,
        ];
        columns.iter().map(|column| column.values_slice().len()).sum()
    }

    /// Makes a batch of the pairs and starts anew.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let next = Self::with_room(&self.room());
        let mut full = std::mem::replace(self, next);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(full.domain.finish()),
            Arc::new(full.url.finish()),
            Arc::new(full.uid.finish()),
            Arc::new(full.caption.finish()),
            Arc::new(full.caption_origin.finish()),
            Arc::new(full.cc2dataset_uid.finish()),
            Arc::new(full.page_url.finish()),
            Arc::new(full.captured_at.finish()),
            Arc::new(full.creator.finish()),
            Arc::new(full.creator_origin.finish()),
            Arc::new(full.licence.finish()),
            Arc::new(full.record_file.finish()),
            Arc::new(full.record_offset.finish()),
            Arc::new(full.record_length.finish()),
            Arc::new(full.record_digest.finish()),
            Arc::new(full.signals.finish()),
        ];
        RecordBatch::try_new(pool_schema(), columns)
    }
}

/// The identity that cc2dataset 1.5.0 gives a pair: MD5 of caption and URL, one behind the other.
fn cc2dataset_uid(url: &str, caption: &str) -> [u8; 16] {
    let mut hasher = Md5::new();
    hasher.update(caption.as_bytes());
    hasher.update(url.as_bytes());
    hasher.finalize().into()
}
