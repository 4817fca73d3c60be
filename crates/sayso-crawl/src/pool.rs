use std::sync::{Arc, LazyLock};

use arrow_array::builder::{StringBuilder, TimestampMicrosecondBuilder, UInt8Builder, UInt64Builder};
use arrow_array::{Array, ArrayRef, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use sayso_core::{CaptionOrigin, CreatorOrigin, Timestamp, Uid};

use crate::creator::account_of;
use crate::domain::LastHost;
use crate::md5_lanes::md5_of_each;

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
    /// The page's signals together with those that it states for this picture alone, as JSON; `None` where there are no
    /// such.
    pub signals: Option<&'a str>,
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
    uid: Vec<[u8; 16]>,
    caption: StringBuilder,
    caption_origin: UInt8Builder,
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
    text_bytes: usize,
    host: LastHost,
    /// Whether pairs get the identity that cc2dataset gives them.
    is_of_crawl: bool,
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
            uid: Vec::with_capacity(rows),
            caption: StringBuilder::with_capacity(rows, room.caption),
            caption_origin: UInt8Builder::with_capacity(rows),
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
            text_bytes: 0,
            host: LastHost::default(),
            is_of_crawl: true,
        }
    }

    fn room(&self) -> Room {
        // A tenth more, so that a batch that is a little larger does not grow after all.
        // Not without bound: what a hostile page made large must not stay so.
        let more = |bytes: usize| (bytes + bytes / 10).min(MAX_ROOM);
        Room {
            rows: more(self.rows()),
            domain: more(self.domain.values_slice().len()),
            url: more(self.url.values_slice().len()),
            caption: more(self.caption.values_slice().len()),
            page_url: more(self.page_url.values_slice().len()),
            record_file: more(self.record_file.values_slice().len()),
            record_digest: more(self.record_digest.values_slice().len()),
        }
    }

    /// Collects pairs that are not from a crawl: what cc2dataset would call them is nobody's question, and is zeros.
    #[must_use]
    pub fn of_tables() -> Self {
        Self { is_of_crawl: false, ..Self::default() }
    }

    /// Starts on the pairs of one page.
    pub fn page<'a>(&'a mut self, page: PoolPage<'a>) -> PagePairs<'a> {
        PagePairs { pool: self, page, rows: 0, rows_of_page_maker: 0, rows_of_page_licence: 0, rows_of_page_signals: 0 }
    }

    /// The account that the address of a page or picture names, if it does.
    #[must_use]
    pub fn account_of(&mut self, url: &str) -> Option<String> {
        if self.host.turn_to(url).is_portfolio() { account_of(url) } else { None }
    }

    /// How many pairs there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.uid.len()
    }

    /// How many bytes of text they hold.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text_bytes
    }

    /// Makes a batch of the pairs and starts anew.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let next = Self { is_of_crawl: self.is_of_crawl, ..Self::with_room(&self.room()) };
        let mut full = std::mem::replace(self, next);
        let (url, caption) = (full.url.finish(), full.caption.finish());
        let uids = |uids: Vec<[u8; 16]>| FixedSizeBinaryArray::try_new(16, uids.into_flattened().into(), None);
        let cc2dataset_uids = if full.is_of_crawl { cc2dataset_uids(&url, &caption) } else { vec![[0; 16]; url.len()] };
        let columns: Vec<ArrayRef> = vec![
            Arc::new(full.domain.finish()),
            Arc::new(url),
            Arc::new(uids(full.uid)?),
            Arc::new(caption),
            Arc::new(full.caption_origin.finish()),
            Arc::new(uids(cc2dataset_uids)?),
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

/// Adds the pairs of one page. What all of them have in common is written once, when it is dropped.
pub struct PagePairs<'a> {
    /// Where the pairs go.
    pub(crate) pool: &'a mut PoolBuilder,
    page: PoolPage<'a>,
    rows: usize,
    /// The last rows that name nobody else than the page does, and are not written yet.
    rows_of_page_maker: usize,
    /// The last rows that state no other licence than the page does, and are not written yet.
    rows_of_page_licence: usize,
    /// The last rows that have no other signals than the page, and are not written yet.
    rows_of_page_signals: usize,
}

impl PagePairs<'_> {
    /// Adds a pair.
    pub fn push(&mut self, pair: &PoolPair<'_>) {
        let (page, pool) = (&self.page, &mut *self.pool);
        let domain = pool.host.turn_to(pair.url).domain();
        pool.domain.append_value(domain);
        pool.text_bytes += domain.len() + pair.url.len() + pair.caption.len();
        pool.text_bytes += page.url.len() + page.file.len() + page.digest.len() + page.signals.map_or(0, str::len);
        pool.url.append_value(pair.url);
        pool.uid.push(*Uid::of_pair(pair.url, pair.caption).as_bytes());
        pool.caption.append_value(pair.caption);
        pool.caption_origin.append_value(pair.origin as u8);
        self.rows += 1;
        pool.text_bytes += pair.creator.or(page.creator).map_or(0, |(name, _)| name.len());
        pool.text_bytes += pair.licence.or(page.licence).map_or(0, str::len);
        match pair.creator {
            None => self.rows_of_page_maker += 1,
            Some((name, origin)) => {
                self.write_makers();
                self.pool.creator.append_value(name);
                self.pool.creator_origin.append_value(origin as u8);
            }
        }
        match pair.licence {
            None => self.rows_of_page_licence += 1,
            Some(licence) => {
                self.write_licences();
                self.pool.licence.append_value(licence);
            }
        }
        match pair.signals {
            None => self.rows_of_page_signals += 1,
            Some(signals) => {
                self.write_signals();
                self.pool.text_bytes += signals.len();
                self.pool.signals.append_value(signals);
            }
        }
    }

    /// Whether the page names who made its pictures.
    pub(crate) fn names_creator(&self) -> bool {
        self.page.creator.is_some()
    }

    fn write_makers(&mut self) {
        let rows = std::mem::take(&mut self.rows_of_page_maker);
        match self.page.creator {
            Some((name, origin)) => {
                self.pool.creator.append_value_n(name, rows);
                self.pool.creator_origin.append_value_n(origin as u8, rows);
            }
            None => {
                self.pool.creator.append_nulls(rows);
                self.pool.creator_origin.append_nulls(rows);
            }
        }
    }

    fn write_licences(&mut self) {
        let rows = std::mem::take(&mut self.rows_of_page_licence);
        append_n(&mut self.pool.licence, self.page.licence, rows);
    }

    fn write_signals(&mut self) {
        let rows = std::mem::take(&mut self.rows_of_page_signals);
        append_n(&mut self.pool.signals, self.page.signals, rows);
    }
}

impl Drop for PagePairs<'_> {
    fn drop(&mut self) {
        self.write_makers();
        self.write_licences();
        self.write_signals();
        let (page, pool, rows) = (&self.page, &mut *self.pool, self.rows);
        pool.page_url.append_value_n(page.url, rows);
        match page.captured_at {
            Some(at) => pool.captured_at.append_value_n(at.as_micros(), rows),
            None => pool.captured_at.append_nulls(rows),
        }
        pool.record_file.append_value_n(page.file, rows);
        pool.record_offset.append_value_n(page.offset, rows);
        pool.record_length.append_value_n(page.length, rows);
        pool.record_digest.append_value_n(page.digest, rows);
    }
}

fn append_n(column: &mut StringBuilder, value: Option<&str>, rows: usize) {
    match value {
        Some(value) => column.append_value_n(value, rows),
        None => column.append_nulls(rows),
    }
}

/// The identities that cc2dataset 1.5.0 gives pairs: MD5 of caption and URL, one behind the other.
fn cc2dataset_uids(urls: &StringArray, captions: &StringArray) -> Vec<[u8; 16]> {
    md5_of_each((0..urls.len()).map(|row| [captions.value(row).as_bytes(), urls.value(row).as_bytes()]))
}
