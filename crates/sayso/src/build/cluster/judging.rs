use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::RecordBatch;
use sayso_cluster::{Question, Table};
use sayso_core::Stance;
use sayso_dataset::{FileEntry, exclusion_schema};

use super::drive::{Drive, Shown};
use super::judge::{EXCLUSIONS, JUDGED, Judged, ToJudge};
use super::ranges::boundaries;
use super::sites::ToMerge;
use super::tasks::{SHUFFLED, answered, numbers, texts};
use super::write::{Stretch, ToWrite, Wrote, facets_of};
use super::{JUDGE, MERGE_SITES, WRITE};
use crate::Error;
use crate::build::plan::digest_of;
use crate::build::report::{SetAside, Stage};
use crate::library::ShardIndex;

/// What was read, and lies there to be judged.
pub(crate) struct ToRange<'a> {
    /// Of how many inputs.
    pub(crate) inputs: usize,
    /// How many pairs.
    pub(crate) pairs: u64,
    /// Whether anything was learned of sites.
    pub(crate) has_sites: bool,
    /// The inputs of which nothing lies there.
    pub(crate) set_aside: &'a [SetAside],
}

/// The files of the dataset.
#[derive(Default)]
pub(super) struct WrittenFiles {
    pub(super) samples: Vec<FileEntry>,
    pub(super) exclusions: Vec<FileEntry>,
    /// What was indexed of each shard, if anything was, and where lies what was counted.
    pub(super) indexes: Vec<(ShardIndex, PathBuf)>,
}

/// What all ranges gave together.
#[derive(Default)]
pub(crate) struct Judging {
    folder: String,
    /// What each shard is cut out of.
    shards: Vec<Vec<Stretch>>,
    /// Samples in all of them.
    samples: u64,
    has_exclusions: bool,
    pub(crate) duplicates: u64,
    pub(crate) verdicts: BTreeMap<Stance, u64>,
    pub(crate) personal: BTreeMap<String, u64>,
}

impl Judging {
    /// Adds the next range.
    fn add(&mut self, judged: Judged, shard_rows: u64) {
        self.duplicates += judged.duplicates;
        self.has_exclusions |= judged.exclusions > 0;
        for (stance, pairs) in judged.verdicts {
            *self.verdicts.entry(stance).or_default() += pairs;
        }
        for (kind, captions) in judged.personal {
            *self.personal.entry(kind).or_default() += captions;
        }
        let (mut first, mut left) = (0, judged.samples);
        while left > 0 {
            let room = shard_rows - self.samples % shard_rows;
            let rows = left.min(room);
            if room == shard_rows {
                self.shards.push(Vec::new());
            }
            if let Some(shard) = self.shards.last_mut() {
                shard.push(Stretch { range: judged.number, first, rows });
            }
            first += rows;
            left -= rows;
            self.samples += rows;
        }
    }
}

impl Drive<'_> {
    /// Has all pairs judged, a range of their order at a time, and finds out where shards begin and end.
    pub(crate) fn judge(&self, pooled: &ToRange<'_>, shard_rows: u64) -> Result<Judging, Error> {
        let ToRange { pairs, has_sites, set_aside, .. } = *pooled;
        let gathered = self.gather(pooled)?;
        let cuts = boundaries(self.cluster, self.storage.as_ref(), &gathered, pairs, || self.goes_on())?;
        // Of other inputs or other ranges it would be another judging, and what is left of one is of no use to the other.
        let lacking: Vec<&str> = set_aside.iter().map(|aside| aside.input.as_str()).collect();
        let digest = digest_of(&(lacking, &cuts))?;
        let folder = format!("judging-{}", digest.get(..16).unwrap_or(&digest));
        if has_sites {
            let task = super::written(&ToMerge { folder: folder.clone(), pool: gathered.clone() })?;
            self.each(MERGE_SITES, &[task], |_| Ok(()))?;
        }
        let task = |number: usize| {
            let from = number.checked_sub(1).and_then(|before| cuts.get(before)).cloned();
            let to = cuts.get(number).cloned();
            super::written(&ToJudge { number, folder: folder.clone(), pool: gathered.clone(), from, to })
        };
        // As many ranges as cuts, and the one behind the last.
        let tasks = (0..cuts.len() + 1).map(task);
        let mut judging = Judging { folder: folder.clone(), ..Judging::default() };
        let results = format!("{folder}/{JUDGED}");
        let shown = Shown { stage: Stage::Write, results: &results, total: Some(pairs), of: judged_and_admitted };
        self.each_shown(JUDGE, tasks, &shown, |made| {
            judging.add(super::parsed(made)?, shard_rows);
            Ok(())
        })?;
        Ok(judging)
    }

    /// Has all files of the dataset written: its shards, and its exclusions.
    pub(super) fn write(&self, judging: &Judging) -> Result<WrittenFiles, Error> {
        let task = |file: String, number, samples| ToWrite { folder: judging.folder.clone(), file, number, samples };
        let shards = (0..).zip(&judging.shards);
        let mut files: Vec<ToWrite> = shards
            .map(|(number, stretches)| task(format!("samples/{number:05}.parquet"), number, Some(stretches.clone())))
            .collect();
        if judging.has_exclusions {
            files.push(task("exclusions/00000.parquet".to_owned(), 0, None));
        }
        let tasks = files.iter().map(super::written).collect::<Result<Vec<_>, _>>()?;
        let mut written = WrittenFiles::default();
        self.each(WRITE, &tasks, |made| {
            let Wrote { entry, index } = super::parsed(made)?;
            if !entry.file.starts_with("samples/") {
                written.exclusions.push(entry);
                return Ok(());
            }
            if let Some(index) = index {
                let shard = u32::try_from(written.samples.len()).unwrap_or(u32::MAX);
                let counted = self.storage.local(&facets_of(&judging.folder, shard))?;
                written.indexes.push((index, counted.ok_or(Error::Stopped("counting of a shard"))?));
            }
            written.samples.push(entry);
            Ok(())
        })?;
        Ok(written)
    }

    /// How many pairs were refused for which reason.
    pub(crate) fn count_exclusions(&self, judging: &Judging) -> Result<BTreeMap<String, u64>, Error> {
        let mut counts = BTreeMap::new();
        if !judging.has_exclusions {
            return Ok(counts);
        }
        let sql = "select reason, count(*) as pairs from exclusions group by reason order by reason";
        let folder = self.storage.address(&format!("{}/{EXCLUSIONS}", judging.folder));
        let tables = [Table::of("exclusions", folder, exclusion_schema())];
        let question = Question { sql, tables: &tables, parts: SHUFFLED, most: None, has_statistics: false };
        let count = |batch: RecordBatch| {
            let (reasons, pairs) = (texts(&batch, 0)?, numbers(&batch, 1)?);
            for (reason, pairs) in reasons.iter().zip(pairs) {
                let pairs = u64::try_from(pairs.unwrap_or_default()).unwrap_or_default();
                counts.insert(reason.unwrap_or_default().to_owned(), pairs);
            }
            Ok(())
        };
        answered(self.cluster, &question, || self.goes_on(), count)?;
        Ok(counts)
    }
}

fn judged_and_admitted(result: &str) -> (u64, u64) {
    super::parsed::<Judged>(result)
        .map_or((0, 0), |judged| (judged.samples + judged.exclusions + judged.duplicates, judged.samples))
}
