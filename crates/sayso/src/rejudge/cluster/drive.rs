use std::sync::atomic::AtomicBool;

use sayso_cluster::Cluster;
use sayso_dataset::{Dataset, ExclusionWriter, FileEntry, Manifest, remove_unlisted};

use super::JUDGE_SHARD;
use super::asked::lay_answers;
use super::shard::{JUDGED, Judged as JudgedShard, ToJudge};
use crate::Error;
use crate::build::cluster::destination::{job_in, job_name};
use crate::build::cluster::{Drive, MERGE_SITES, Settings, Shown, ToMerge, append_exclusions, parsed, written};
use crate::build::{BuildOptions, Grounds, Progress, Stage, TakeRow, Workshop, all_inputs, digest, digest_of};
use crate::rejudge::asked::{Asked, ask_sites};
use crate::rejudge::options::RejudgeOptions;
use crate::rejudge::report::RejudgeReport;
use crate::rejudge::run::{Judged, STAGE, facts_options, settle, tidied};
use crate::rejudge::shard::Outcome;

/// Judges a dataset anew on a cluster: the snapshot is that which [`rejudge`](crate::rejudge::rejudge) makes on one machine, byte for
/// byte. The folder of the dataset, the crawls and the registry have to be at the same path on every machine.
pub fn rejudge_on(
    cluster: &Cluster,
    options: &RejudgeOptions,
    grounds: &Grounds,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RejudgeReport, Error> {
    drop(Dataset::open(&options.dir)?);
    let workshop = Workshop::open(&options.dir)?;
    if !options.dry_run {
        remove_unlisted(&options.dir)?;
    }
    let result = judge_anew(cluster, workshop, options, grounds, interrupt, progress);
    // Whoever only looks goes on from what is finished, too.
    if options.dry_run && matches!(result, Err(Error::Interrupted | Error::Cluster(_))) {
        return result;
    }
    tidied(options, result)
}

fn judge_anew(
    cluster: &Cluster,
    workshop: Workshop,
    options: &RejudgeOptions,
    grounds: &Grounds,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RejudgeReport, Error> {
    let dataset = Dataset::open(&options.dir)?;
    let old = dataset.manifest();
    let judging = BuildOptions { registry: options.registry.clone(), ..facts_options(options, old) };
    let crawls = all_inputs(&judging)?;
    // What is removed from a snapshot is not judged: tombstones decide on the result, too.
    let removed: Vec<&str> = old.tombstones.iter().map(|entry| entry.sha256.as_str()).collect();
    let known = (&old.root, old.snapshot, removed);
    let plan = digest_of(&("judge", known, digest(&judging, &crawls)?, options.dry_run))?;
    let job = job_name(&plan);
    workshop.keep_only(&workshop.dir.join(&job))?;
    let drive = Drive::new(cluster, job_in(&workshop, &job)?, interrupt, &|| false, progress);
    drive.clear_tries()?;
    let out = std::path::absolute(&options.dir).map_err(Error::file(&options.dir))?;
    let settings = Settings::of(&judging.writing(), true, grounds, out.to_string_lossy().into_owned())?;
    settings.save(drive.storage.as_ref())?;
    let pool = drive.extract(&crawls)?;
    if let Some(aside) = pool.set_aside.into_iter().next() {
        // What it says of sites is not known, and who judges without it passes over somebody's word.
        let message = format!("{}\nhint: nothing was judged; every machine needs it at the same path", aside.error);
        return Err(Error::Input { input: aside.input, message });
    }
    let mut asked = Asked::default();
    let answers = lay_answers(drive.storage.as_ref(), |take: TakeRow<'_>| match &options.online {
        Some(online) => {
            asked = ask_sites(&dataset, online, options.policy.name, interrupt, progress, take)?;
            Ok(())
        }
        None => Ok(()),
    })?;
    let folder = digest_of(&answers)?;
    let folder = format!("judging-{}", folder.get(..16).unwrap_or(&folder));
    if pool.has_sites || answers.is_some() {
        let task = written(&ToMerge { folder: folder.clone(), pool: String::new() })?;
        drive.each(MERGE_SITES, &[task], |_| Ok(()))?;
    }
    let mut report =
        RejudgeReport { robots: pool.counts.robots, damage: pool.damage, ..RejudgeReport::before(options, old, asked) };
    let shards = Shards { options, old, folder: &folder, job: &job };
    let judged = shards.judge(&drive, dataset.samples(), &mut report)?;
    let report = settle(options, old, judged, report)?;
    workshop.clear()?;
    Ok(report)
}

/// The shards of a snapshot that is judged anew.
struct Shards<'a> {
    options: &'a RejudgeOptions,
    old: &'a Manifest,
    /// The folder of this judging, in that of the job.
    folder: &'a str,
    job: &'a str,
}

impl Shards<'_> {
    /// Has all of them judged, and joins what is refused of them.
    fn judge(&self, drive: &Drive<'_>, samples: u64, report: &mut RejudgeReport) -> Result<Judged, Error> {
        let shards = self.old.samples.iter().enumerate();
        let tasks: Vec<ToJudge> = shards.map(|(number, entry)| self.task(number, &entry.file)).collect();
        let results = format!("{}/{JUDGED}", self.folder);
        let shown = Shown { stage: Stage::Write, results: &results, total: Some(samples), of: judged_and_left };
        let (mut entries, mut is_same, mut refused) = (Vec::new(), true, Vec::new());
        drive.each_shown(JUDGE_SHARD, tasks.iter().map(written), &shown, |made| {
            let JudgedShard { number, outcome, report: of_shard } = parsed(made)?;
            report.add(&of_shard);
            refused.extend((of_shard.refused > 0).then_some(number));
            is_same &= matches!(outcome, Outcome::Same);
            match outcome {
                Outcome::Same => entries.extend(self.old.samples.get(number).cloned()),
                Outcome::Successor(entry) => {
                    let file = format!("{STAGE}/{}/{}/{}", self.job, self.folder, entry.file);
                    entries.push(FileEntry { file, ..entry });
                }
                Outcome::Empty => {}
            }
            Ok(())
        })?;
        let exclusions = match refused.is_empty() || self.options.dry_run {
            true => None,
            false => Some(self.join(drive, refused.iter().filter_map(|number| tasks.get(*number)))?),
        };
        let refused_by_reason = report.refused_by_reason.clone();
        Ok(Judged { samples: entries, exclusions, refused_by_reason, is_same })
    }

    fn task(&self, number: usize, file: &str) -> ToJudge {
        ToJudge {
            number,
            file: file.to_owned(),
            folder: self.folder.to_owned(),
            root: self.old.root.clone(),
            snapshot: self.old.snapshot + 1,
            dry_run: self.options.dry_run,
        }
    }

    /// Joins what is refused of shards, in their order.
    fn join<'t>(&self, drive: &Drive<'_>, tasks: impl Iterator<Item = &'t ToJudge>) -> Result<FileEntry, Error> {
        let name = format!("{STAGE}/{:06}-exclusions.parquet", self.old.snapshot + 1);
        let mut writer = ExclusionWriter::create(&self.options.dir, &name)?;
        for task in tasks {
            let part = drive.storage.local(&task.refused())?.ok_or(Error::Stopped("judging of a shard"))?;
            append_exclusions(&mut writer, &part)?;
        }
        Ok(writer.finish()?)
    }
}

fn judged_and_left(result: &str) -> (u64, u64) {
    parsed::<JudgedShard>(result)
        .map_or((0, 0), |shard| (shard.report.judged, shard.report.judged - shard.report.refused))
}
