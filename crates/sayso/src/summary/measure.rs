use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, RecordBatch, StringArray};
use sayso_core::Timestamp;
use sayso_dataset::{DatasetError, Manifest};
use serde::{Deserialize, Serialize};

use super::domains::{DomainFile, DomainLog};
use crate::Error;
use crate::card::{CardOrigin, origin};
use crate::library::{Library, Shelf};

/// The columns that are read of every sample.
pub(super) const COLUMNS: [&str; 9] =
    ["url", "caption", "domain", "captured_at", "fetched_at", "picture_bytes", "verdict", "reason", "record.file"];

/// What is measured of one dataset.
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) manifest: Manifest,
    pub(super) origin: Option<CardOrigin>,
    pub(super) personal: BTreeMap<String, u64>,
    pub(super) counts: Counts,
    /// Taken once.
    pub(super) domains: Option<DomainFile>,
}

/// What the samples of one dataset come to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) samples: u64,
    /// Distinct addresses of pictures.
    pub(super) pictures: u64,
    pub(super) caption_bytes: u64,
    pub(super) caption_characters: u64,
    pub(super) picture_bytes: u64,
    pub(super) with_picture_bytes: u64,
    pub(super) first_capture: Option<i64>,
    pub(super) last_capture: Option<i64>,
    pub(super) last_fetch: Option<i64>,
    /// Samples whose page lies in a file of Common Crawl.
    pub(super) of_common_crawl: u64,
    /// The crawls that names of such files name.
    pub(super) crawls: BTreeSet<String>,
    /// Samples whose use is reserved, by the code that decided.
    pub(super) kept_though_reserved: BTreeMap<String, u64>,
}

/// What is wrong with a dataset whose domains cannot be counted.
pub(super) const NOT_SORTED: &str = "its rows are not sorted by domain";

/// Crawls that are told apart.
const CRAWLS: usize = 1_000;

impl Measured {
    /// Reads all samples of the datasets once, a batch at a time.
    pub(super) fn of(library: &Library) -> Result<Vec<Self>, Error> {
        library.shelves.iter().map(Self::of_shelf).collect()
    }

    fn of_shelf(shelf: &Shelf) -> Result<Self, Error> {
        let dir = shelf.dataset.dir();
        let mut reader = Reader::new(DomainLog::create().map_err(Error::file(dir))?);
        shelf.each_sample(&COLUMNS, |batch| reader.read(batch, dir))?;
        Self::counted(shelf, reader.counts, reader.log)
    }

    /// The same of samples that were counted.
    pub(super) fn counted(shelf: &Shelf, counts: Counts, log: DomainLog) -> Result<Self, Error> {
        let dir = shelf.dataset.dir();
        let (origin, personal) = origin(dir);
        Ok(Self {
            name: shelf.name.clone(),
            manifest: shelf.dataset.manifest().clone(),
            origin,
            personal,
            counts,
            domains: Some(log.finish().map_err(Error::file(dir))?),
        })
    }

    /// When the last of it was acquired: captured, or fetched since.
    pub(super) fn last(&self) -> Option<i64> {
        self.counts.last_capture.max(self.counts.last_fetch)
    }
}

/// Counts samples while they go by.
pub(super) struct Reader {
    pub(super) counts: Counts,
    pub(super) log: DomainLog,
    /// The address of the first of them.
    pub(super) first_url: Option<String>,
    pub(super) last_url: String,
}

impl Reader {
    pub(super) fn new(log: DomainLog) -> Self {
        Self { counts: Counts::default(), log, first_url: None, last_url: String::new() }
    }

    pub(super) fn read(&mut self, batch: &RecordBatch, dir: &Path) -> Result<(), DatasetError> {
        let damaged = |message: &str| DatasetError::Damaged { file: dir.to_owned(), message: message.to_owned() };
        let text = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| damaged(&format!("its samples have no column `{name}`")))
        };
        let (url, caption, domain) = (text("url")?, text("caption")?, text("domain")?);
        let (verdict, reason) = (text("verdict")?, text("reason")?);
        let record = batch.column_by_name("record").and_then(|column| column.as_struct_opt());
        let file = record.and_then(|record| record.column_by_name("file")?.as_string_opt::<i32>());
        let bytes = batch.column_by_name("picture_bytes").and_then(|it| it.as_primitive_opt::<UInt64Type>());
        let instants = |name: &str| {
            let column = batch.column_by_name(name)?.as_primitive_opt::<TimestampMicrosecondType>()?;
            Some(column.clone())
        };
        let (captured, fetched) = (instants("captured_at"), instants("fetched_at"));
        let counts = &mut self.counts;
        for row in 0..batch.num_rows() {
            counts.samples += 1;
            counts.caption_bytes += caption.value(row).len() as u64;
            counts.caption_characters += caption.value(row).chars().count() as u64;
            let bytes = bytes.filter(|bytes| bytes.is_valid(row)).map(|bytes| bytes.value(row));
            counts.picture_bytes = counts.picture_bytes.saturating_add(bytes.unwrap_or_default());
            counts.with_picture_bytes += u64::from(bytes.is_some());
            // Rows are sorted by address inside a domain, so equal ones are neighbours.
            if self.first_url.is_none() {
                self.first_url = Some(url.value(row).to_owned());
            }
            let (url, is_new) = (url.value(row), url.value(row) != self.last_url);
            if is_new {
                url.clone_into(&mut self.last_url);
                counts.pictures += u64::from(!is_row(url));
            }
            let instant = |column: &Option<arrow_array::TimestampMicrosecondArray>| {
                column.as_ref().filter(|column| column.is_valid(row)).map(|column| column.value(row))
            };
            if let Some(at) = instant(&captured) {
                counts.first_capture = Some(counts.first_capture.map_or(at, |first| first.min(at)));
                counts.last_capture = counts.last_capture.max(Some(at));
            }
            counts.last_fetch = counts.last_fetch.max(instant(&fetched));
            if verdict.value(row) == "disallowed" {
                add(&mut counts.kept_though_reserved, reason.value(row));
            }
            counts.note_crawl(file, row);
            let domain = domain.value(row);
            // What was never on the web has no domain.
            let is_sorted = is_local(url) || domain.is_empty() || {
                self.log.add(domain, bytes).map_err(|source| DatasetError::Io { file: dir.to_owned(), source })?
            };
            if !is_sorted {
                return Err(damaged(NOT_SORTED));
            }
        }
        Ok(())
    }
}

impl Counts {
    /// Adds what was counted of the samples behind these. Whether the first of them has the address of the last of these is known to
    /// whoever has both.
    #[cfg(feature = "cluster")]
    pub(super) fn append(&mut self, later: Self) {
        self.samples += later.samples;
        self.pictures += later.pictures;
        self.caption_bytes += later.caption_bytes;
        self.caption_characters += later.caption_characters;
        self.picture_bytes = self.picture_bytes.saturating_add(later.picture_bytes);
        self.with_picture_bytes += later.with_picture_bytes;
        self.first_capture = [self.first_capture, later.first_capture].into_iter().flatten().min();
        self.last_capture = self.last_capture.max(later.last_capture);
        self.last_fetch = self.last_fetch.max(later.last_fetch);
        self.of_common_crawl += later.of_common_crawl;
        let room = CRAWLS.saturating_sub(self.crawls.len());
        let new: Vec<String> = later.crawls.difference(&self.crawls).take(room).cloned().collect();
        self.crawls.extend(new);
        for (code, count) in later.kept_though_reserved {
            *self.kept_though_reserved.entry(code).or_default() += count;
        }
    }

    /// Notes of which crawl of Common Crawl a sample's page is, by the name of its file.
    fn note_crawl(&mut self, file: Option<&StringArray>, row: usize) {
        let Some(file) = file.filter(|file| file.is_valid(row)).map(|file| file.value(row)) else { return };
        let name = file.rsplit('/').next().unwrap_or(file);
        if !name.starts_with("CC-MAIN-") {
            return;
        }
        self.of_common_crawl += 1;
        // `crawl-data/CC-MAIN-2024-10/segments/…`: a folder names the crawl, a file alone only its instant.
        let crawl = file.split('/').find(|part| part.starts_with("CC-MAIN-") && part.len() == "CC-MAIN-2024-10".len());
        if let Some(crawl) = crawl.filter(|crawl| !self.crawls.contains(*crawl) && self.crawls.len() < CRAWLS) {
            self.crawls.insert(crawl.to_owned());
        }
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

/// Whether an address is a place in what was imported.
fn is_local(url: &str) -> bool {
    url.starts_with("file:")
}

/// Whether it is a row of a table, and no picture.
pub(super) fn is_row(url: &str) -> bool {
    is_local(url) && url.contains("#row=")
}

/// The month of an instant, as `2026-03`.
pub(super) fn month(micros: i64) -> String {
    let iso = Timestamp::from_micros(micros).to_string();
    iso.get(..7).unwrap_or(&iso).to_owned()
}
