use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, PrimitiveArray, RecordBatch, StringArray};
use sayso_core::Timestamp;
use sayso_dataset::{Dataset, DatasetError};
use serde::{Deserialize, Serialize};

use super::cuts::Cuts;
use super::folder::LanesFolder;
use crate::Error;
use crate::fetch::kind::FetchKind;
use crate::fetch::options::FetchOptions;
use crate::fetch::plan::PartPlan;
use crate::online::Target;

/// Lanes of a large dataset: more than there are slots, so that there is enough to take over from whoever dies.
const LANES: usize = 256;

/// Samples of which one tells its domain, for each lane.
const TOLD: usize = 16;

/// Origins that are remembered as told already.
const REMEMBERED: usize = 1 << 20;

/// Bytes of a lane's list that are held until they are written.
const HELD_BYTES: usize = 64 << 10;

/// How a dataset is divided into lanes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Laid {
    pub(super) cuts: Cuts,
    /// How many sites of pages there are to be heard for other lanes.
    pub(super) sites: u64,
}

/// The name of the division; it is written when all of it lies there.
const LAID: &str = "laid.json";
/// The stretches of parts that a lane has, in its folder.
pub(super) const PARTS: &str = "parts.json";
/// The sites of pages in a lane that other lanes wait for, a line each, in its folder.
pub(super) const SITES: &str = "sites.txt";

const COLUMNS: [&str; 6] = ["domain", "url", "page_url", "verdict", "fetch", "fetched_at"];

impl Laid {
    /// The division that lies there.
    pub(super) fn open(folder: &LanesFolder) -> Result<Option<Self>, Error> {
        folder.read(LAID)
    }
}

/// Divides a dataset into lanes, in one pass for the cuts and one for the lists.
pub(super) fn lay(
    folder: &LanesFolder,
    dataset: &Dataset,
    plans: &[PartPlan],
    options: &FetchOptions,
) -> Result<Laid, Error> {
    let rows: usize = plans.iter().map(|plan| plan.rows).sum();
    let every = (rows / (LANES * TOLD)).max(1);
    let (mut domains, mut at) = (Vec::new(), 0_usize);
    dataset.scan_all(&["domain"], |_, batch| {
        let domains_of = text(batch, "domain");
        for row in 0..batch.num_rows() {
            if at.is_multiple_of(every) {
                domains.extend(value(domains_of, row).map(str::to_owned));
            }
            at += 1;
        }
        Ok(())
    })?;
    let cuts = Cuts::between(domains, LANES);
    for lane in 0..cuts.lanes() {
        let dir = folder.lane(lane);
        fs_err::create_dir_all(&dir).map_err(Error::file(&dir))?;
        fs_err::write(dir.join(SITES), b"").map_err(Error::file(dir.join(SITES)))?;
    }
    let mut laying = Laying {
        folder,
        dataset,
        options,
        plans: plans.iter(),
        part: None,
        behind: 0,
        skip: 0,
        stretches: vec![Vec::new(); cuts.lanes()],
        lists: vec![Vec::new(); cuts.lanes()],
        told: HashSet::new(),
        sites: 0,
        cuts,
    };
    let mut failed = None;
    let scanned = dataset.scan_all(&COLUMNS, |shard, batch| {
        laying.take(shard, batch).map_err(|error| {
            failed = Some(error);
            DatasetError::Damaged { file: dataset.dir().to_owned(), message: "it cannot be divided".to_owned() }
        })
    });
    match failed {
        Some(error) => return Err(error),
        None => scanned?,
    }
    laying.finish()
}

struct Laying<'a> {
    folder: &'a LanesFolder,
    dataset: &'a Dataset,
    options: &'a FetchOptions,
    plans: std::slice::Iter<'a, PartPlan>,
    part: Option<PartPlan>,
    /// Rows of the part so far, and those of them that were not removed.
    behind: usize,
    skip: usize,
    stretches: Vec<Vec<PartPlan>>,
    lists: Vec<Vec<u8>>,
    told: HashSet<u64>,
    sites: u64,
    cuts: Cuts,
}

impl Laying<'_> {
    fn take(&mut self, shard: u32, batch: &RecordBatch) -> Result<(), Error> {
        let columns = Columns::of(batch);
        let (mut domain, mut lane) = (None, 0);
        for row in 0..batch.num_rows() {
            let of_row = value(columns.domain, row);
            if domain != Some(of_row) {
                domain = Some(of_row);
                lane = self.cuts.of_domain(of_row.unwrap_or_default());
            }
            let Some((part, at)) = self.next_row(lane) else { return Ok(()) };
            let number = u32::try_from(part.first + at).unwrap_or(u32::MAX);
            if self.dataset.is_removed(shard, number) {
                continue;
            }
            self.skip += 1;
            if let Some((page_lane, origin)) = self.waits_for(&columns, row, lane) {
                self.tell(page_lane, &origin)?;
            }
        }
        Ok(())
    }

    /// Adds a row to the stretch of its lane; says in which part it is, and where there.
    fn next_row(&mut self, lane: usize) -> Option<(PartPlan, usize)> {
        if self.part.is_none_or(|part| self.behind >= part.rows) {
            self.part = Some(*self.plans.next()?);
            (self.behind, self.skip) = (0, 0);
        }
        let part = self.part?;
        let stretches = self.stretches.get_mut(lane)?;
        let goes_on = stretches
            .last()
            .is_some_and(|last| last.number == part.number && last.first + last.rows == part.first + self.behind);
        if !goes_on {
            stretches.push(part.stretch(lane, self.behind, self.skip));
        }
        stretches.last_mut()?.rows += 1;
        self.behind += 1;
        Some((part, self.behind - 1))
    }

    /// The site of a sample's page in another lane, where the picture is going to be asked for.
    fn waits_for(&self, columns: &Columns<'_>, row: usize, lane: usize) -> Option<(usize, String)> {
        let allow_private = &self.options.online.options.allow_private;
        if value(columns.verdict, row) == Some("disallowed") || self.is_fresh(columns, row) {
            return None;
        }
        let page = Target::parse(value(columns.page_url, row)?, allow_private).ok()?;
        let page_lane = self.cuts.of_host(page.host());
        if page_lane == lane {
            return None;
        }
        // An address that is not asked waits for nobody.
        Target::parse(value(columns.url, row)?, allow_private).ok()?;
        Some((page_lane, page.origin()))
    }

    fn is_fresh(&self, columns: &Columns<'_>, row: usize) -> bool {
        let kind = value(columns.fetch, row).and_then(|kind| kind.parse::<FetchKind>().ok());
        let at = columns.fetched_at.filter(|column| column.is_valid(row)).map(|column| column.value(row));
        let (Some(kind), Some(at)) = (kind, at) else { return false };
        self.options.manners.is_fresh(kind, Timestamp::from_micros(at), self.options.online.now())
    }

    fn tell(&mut self, lane: usize, origin: &str) -> Result<(), Error> {
        let mut hasher = DefaultHasher::new();
        origin.hash(&mut hasher);
        if self.told.len() >= REMEMBERED {
            self.told.clear();
        }
        if !self.told.insert(hasher.finish()) {
            return Ok(());
        }
        self.sites += 1;
        let Some(list) = self.lists.get_mut(lane) else { return Ok(()) };
        list.extend_from_slice(origin.as_bytes());
        list.push(b'\n');
        if list.len() >= HELD_BYTES { self.write(lane) } else { Ok(()) }
    }

    fn write(&mut self, lane: usize) -> Result<(), Error> {
        let Some(list) = self.lists.get_mut(lane).map(std::mem::take) else { return Ok(()) };
        let path = self.folder.lane(lane).join(SITES);
        let write = || std::fs::File::options().append(true).open(&path)?.write_all(&list);
        write().map_err(Error::file(&path))
    }

    fn finish(mut self) -> Result<Laid, Error> {
        for lane in 0..self.cuts.lanes() {
            self.write(lane)?;
            let stretches = self.stretches.get(lane);
            self.folder.write(&format!("{lane:05}/{PARTS}"), &stretches)?;
        }
        let laid = Laid { cuts: self.cuts, sites: self.sites };
        self.folder.write(LAID, &laid)?;
        Ok(laid)
    }
}

struct Columns<'a> {
    domain: Option<&'a StringArray>,
    url: Option<&'a StringArray>,
    page_url: Option<&'a StringArray>,
    verdict: Option<&'a StringArray>,
    fetch: Option<&'a StringArray>,
    fetched_at: Option<&'a PrimitiveArray<TimestampMicrosecondType>>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let of = |name| text(batch, name);
        let fetched_at = batch.column_by_name("fetched_at").and_then(|column| column.as_primitive_opt());
        let (domain, url, page_url) = (of("domain"), of("url"), of("page_url"));
        Self { domain, url, page_url, verdict: of("verdict"), fetch: of("fetch"), fetched_at }
    }
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a StringArray> {
    batch.column_by_name(name)?.as_string_opt::<i32>()
}

fn value(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}
