use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use sayso_core::{Exclusion, Policy, RegistryHead, crash_point};
use sayso_dataset::{Dataset, ExclusionWriter, FileEntry, Manifest, remove_unlisted, retire};

use super::asked::{Asked, ask_sites};
use super::options::RejudgeOptions;
use super::report::RejudgeReport;
use super::rows::RowJudge;
use super::shard::{Outcome, rejudge_shard};
use crate::Error;
use crate::build::{BuildOptions, CaptionOptions, Facts, Progress, ReadFacts, Stage, TakeRow, Workshop};
use crate::fetch::forget_refused;
use crate::library::{Library, rebuild_index};

/// The policy and purpose of a dataset's newest snapshot.
pub fn policy_of(dir: &Path) -> Result<Policy, Error> {
    Ok(Dataset::open(dir)?.manifest().policy())
}

/// The agent whose groups in robots.txt counted for a dataset, beside `*`.
pub fn agent_of(dir: &Path) -> Result<String, Error> {
    Ok(Dataset::open(dir)?.manifest().agent.clone())
}

/// Judges a dataset's newest snapshot anew, and makes a snapshot of the result.
///
/// Shards of which no row changed belong to the new snapshot, too; the others move below `superseded`, so that whoever
/// reads all of `samples` reads nothing that is refused by now.
/// Whoever is interrupted runs it again: a snapshot comes to be as the last step or not at all.
pub fn rejudge(
    options: &RejudgeOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RejudgeReport, Error> {
    // No workshop in a folder that is no dataset; and nobody else may make a snapshot of the one that is judged here.
    drop(Dataset::open(&options.dir)?);
    let workshop = Workshop::open(&options.dir)?;
    if !options.dry_run {
        remove_unlisted(&options.dir)?;
    }
    let result = judge_anew(workshop, options, interrupt, progress);
    tidied(options, result)
}

/// What came of it, with nothing left behind that is of no use where it came to nothing.
pub(super) fn tidied(options: &RejudgeOptions, result: Result<RejudgeReport, Error>) -> Result<RejudgeReport, Error> {
    if result.is_err() && options.dry_run {
        // Who only looked leaves nothing, and what went wrong first is what is told.
        let _ = Workshop::open(&options.dir).and_then(Workshop::clear);
    } else if result.is_err() {
        // Shards of a snapshot that did not come to be are of no use, and somebody may read all that lie there.
        remove_unlisted(&options.dir)?;
    }
    result
}

fn judge_anew(
    workshop: Workshop,
    options: &RejudgeOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RejudgeReport, Error> {
    let dataset = Dataset::open(&options.dir)?;
    let old = dataset.manifest();
    let mut asked = Asked::default();
    let mut ask = |take: TakeRow<'_>| match &options.online {
        Some(online) => {
            ask_sites(&dataset, online, options.policy.name, interrupt, progress, take).map(|sites| asked = sites)
        }
        None => Ok(()),
    };
    let mut facts = ReadFacts::read(workshop, &facts_options(options, old), &mut ask, interrupt, progress)?;
    let mut report = RejudgeReport {
        robots: facts.counts.robots,
        damage: std::mem::take(&mut facts.damage),
        ..RejudgeReport::before(options, old, asked)
    };
    let judged = judge_shards(options, &dataset, &mut facts.facts, &mut report, interrupt, progress)?;
    let report = settle(options, old, judged, report)?;
    facts.clear()?;
    Ok(report)
}

/// Makes what was judged a snapshot, if anything changed and it is to be written, with all that follows from it.
pub(super) fn settle(
    options: &RejudgeOptions,
    old: &Manifest,
    judged: Judged,
    mut report: RejudgeReport,
) -> Result<RejudgeReport, Error> {
    report.samples = report.judged - report.refused;
    let head = options.registry.as_ref().map(|registry| registry.head().clone()).or_else(|| old.registry_head.clone());
    let is_same = judged.is_same && old.policy() == options.policy && old.registry_head == head;
    if !options.dry_run {
        if !is_same {
            publish(&options.dir, options.policy.clone(), old, judged, head)?;
            report.snapshot = old.snapshot + 1;
        }
        retire(&options.dir, Dataset::open(&options.dir)?.manifest())?;
        // Of a run that was killed behind its last step the indexes may be missing.
        if Library::open(std::slice::from_ref(&options.dir)).is_err() {
            rebuild_index(&options.dir, options.memory_bytes, options.threads)?;
        }
        report.removed = forget_refused(&options.dir)?;
    }
    Ok(report)
}

/// The files of the new snapshot.
pub(crate) struct Judged {
    pub(crate) samples: Vec<FileEntry>,
    pub(crate) exclusions: Option<FileEntry>,
    pub(crate) refused_by_reason: BTreeMap<String, u64>,
    pub(crate) is_same: bool,
}

fn judge_shards(
    options: &RejudgeOptions,
    dataset: &Dataset,
    facts: &mut Facts,
    report: &mut RejudgeReport,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Judged, Error> {
    let old = dataset.manifest();
    let (snapshot, total) = (old.snapshot + 1, dataset.samples());
    let newer = (!options.robots.is_empty() || options.online.is_some()).then_some(facts);
    let mut judge = RowJudge::new(&options.policy, newer, options.registry.as_deref());
    let mut exclusions: Option<ExclusionWriter> = None;
    let mut exclude = |exclusion: &Exclusion| -> Result<(), Error> {
        if options.dry_run {
            return Ok(());
        }
        let writer = match &mut exclusions {
            Some(writer) => writer,
            none => none
                .insert(ExclusionWriter::create(&options.dir, &format!("{STAGE}/{snapshot:06}-exclusions.parquet"))?),
        };
        Ok(writer.push(exclusion)?)
    };
    let show = |report: &RejudgeReport| {
        let found = report.judged - report.refused;
        progress(Progress {
            stage: Stage::Write,
            done: report.judged,
            total: Some(total),
            found,
            files: None,
            requests: None,
        });
    };
    let (mut samples, mut is_same) = (Vec::new(), true);
    for (number, entry) in old.samples.iter().enumerate() {
        let name = format!("{STAGE}/{snapshot:06}-{number:05}.parquet");
        let file = (!options.dry_run).then_some((dataset.dir(), name.as_str()));
        let outcome = rejudge_shard(dataset, number, file, &mut judge, report, &mut exclude, interrupt, &show)?;
        is_same &= matches!(outcome, Outcome::Same);
        match outcome {
            Outcome::Same => samples.push(entry.clone()),
            Outcome::Successor(successor) => samples.push(successor),
            Outcome::Empty => {}
        }
    }
    let exclusions = exclusions.map(ExclusionWriter::finish).transpose()?;
    Ok(Judged { samples, exclusions, refused_by_reason: report.refused_by_reason.clone(), is_same })
}

/// Where files lie until the snapshot comes to be: nobody who reads all of `samples` is to read them beside the old ones.
pub(crate) const STAGE: &str = ".build";

/// Gives a file its place, if it is new.
fn place(dir: &Path, folder: &str, mut entry: FileEntry) -> Result<FileEntry, Error> {
    if let Some(name) = entry.file.strip_prefix(STAGE) {
        let name = name.rsplit('/').next().unwrap_or(name).replace("-exclusions", "-00000");
        let to = dir.join(folder).join(&name);
        fs_err::create_dir_all(dir.join(folder)).map_err(Error::file(&to))?;
        crash_point("before a staged file gets its place");
        fs_err::rename(dir.join(&entry.file), &to).map_err(Error::file(&to))?;
        entry.file = format!("{folder}/{name}");
    }
    Ok(entry)
}

/// Gives the new files their places and makes them a snapshot, the one behind `old`.
///
/// `head` is that of the registry by which it was judged, or of the one by which `old` was.
pub(crate) fn publish(
    dir: &Path,
    policy: Policy,
    old: &Manifest,
    judged: Judged,
    head: Option<RegistryHead>,
) -> Result<(), Error> {
    let samples = judged.samples.into_iter().map(|entry| place(dir, "samples", entry)).collect::<Result<_, _>>()?;
    let new = judged.exclusions.map(|entry| place(dir, "exclusions", entry)).transpose()?;
    let exclusions = old.exclusions.iter().cloned().chain(new).collect();
    let mut by_reason = old.exclusions_by_reason.clone();
    for (reason, count) in judged.refused_by_reason {
        *by_reason.entry(reason).or_default() += count;
    }
    let manifest = Manifest::new(old.snapshot + 1, policy, old.agent.clone(), samples, exclusions, by_reason);
    // Of shards that stay, rows may be removed; and what was removed does not come back because it was judged.
    let mut manifest = manifest.with_tombstones(old.tombstones.clone());
    manifest.claims_to = match head == old.registry_head {
        // What was known of claims was known of another use.
        true if head.is_some() && old.purpose != manifest.purpose => Some(0),
        true => old.claims_to,
        false => None,
    };
    manifest.registry_head = head;
    Ok(manifest.publish(dir)?)
}

pub(super) fn facts_options(options: &RejudgeOptions, old: &Manifest) -> BuildOptions {
    BuildOptions {
        inputs: Vec::new(),
        robots: options.robots.clone(),
        prefix: options.prefix.clone(),
        out: options.dir.clone(),
        policy: options.policy.clone(),
        agent: old.agent.clone(),
        limits: options.limits,
        threads: options.threads,
        memory_bytes: options.memory_bytes,
        shard_rows: u64::MAX,
        captions: CaptionOptions::default(),
        registry: None,
        kept_out: None,
        features: true,
    }
}
