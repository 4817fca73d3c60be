use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sayso_cluster::Cluster;
use sayso_dataset::Manifest;

use super::destination::{self, Indexes};
use super::harm::TRIES;
use super::job::{Grounds, Settings};
use super::judging::{Judging, ToRange, WrittenFiles};
use super::pooled::Pooled;
use super::storage::{Storage, storage_at};
use super::tasks::each_task;
use super::watch::Watch;
use crate::Error;
use crate::build::input::all_inputs;
use crate::build::options::{BuildOptions, Writing};
use crate::build::plan::digest;
use crate::build::report::{Progress, REPORT_VERSION, Report, Seconds, Stage};

/// Builds a dataset on a cluster: the same as [`build`](crate::build::build) makes on one machine, byte for byte. What a build
/// finished that was stopped is used; the folder of the dataset, the inputs and the files in `grounds` have to be at the same
/// path on every machine, or in an object store.
pub fn build_on(
    cluster: &Cluster,
    options: &BuildOptions,
    grounds: &Grounds,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, Error> {
    let (writing, inputs) = (options.writing(), all_inputs(options)?);
    let plan = digest(options, &inputs)?;
    if let Some(report) = destination::finished(&writing, &plan)? {
        return Ok(report);
    }
    let started = Instant::now();
    let destination = destination::open::<Report>(&options.out, &plan)?;
    if let Some(report) = destination.finished_meanwhile(&plan)? {
        return Ok(report);
    }
    let is_lost = || destination.is_lost();
    let drive = Drive::new(cluster, destination.job(), interrupt, &is_lost, progress);
    drive.clear_tries()?;
    Settings::of(&writing, options.features, grounds, destination.place())?.save(drive.storage.as_ref())?;
    let pool = drive.extract(&inputs)?;
    let seconds = started.elapsed().as_secs_f64();
    let Pooled { has_sites, set_aside, .. } = &pool;
    let to_range = ToRange { inputs: inputs.len(), pairs: pool.counts.pairs, has_sites: *has_sites, set_aside };
    let judging = drive.judge(&to_range, options.shard_rows)?;
    let (manifest, indexes) = manifest_of(&drive, &judging, &writing, destination.dir())?;
    let report = Report {
        format: "sayso-report".to_owned(),
        version: REPORT_VERSION,
        plan,
        inputs: inputs.len() as u64,
        counts: pool.counts,
        samples: manifest.sample_rows(),
        exclusions: manifest.exclusion_rows(),
        exclusions_by_reason: manifest.exclusions_by_reason.clone(),
        verdicts: judging.verdicts,
        duplicates: judging.duplicates,
        personal: judging.personal,
        damage: pool.damage,
        set_aside: pool.set_aside,
        bytes_read: pool.bytes_read,
        bytes_written: manifest.samples.iter().map(|entry| entry.bytes).sum(),
        seconds: Seconds { extract: seconds, write: started.elapsed().as_secs_f64() - seconds },
    };
    destination.complete(&writing, &report, &manifest, indexes)?;
    Ok(report)
}

/// Has the files of a first snapshot written, those of this machine into `dir`, and gives its manifest and what was indexed of its
/// shards.
pub(crate) fn manifest_of(
    drive: &Drive<'_>,
    judging: &Judging,
    writing: &Writing<'_>,
    dir: &Path,
) -> Result<(Manifest, Indexes), Error> {
    let WrittenFiles { samples, exclusions, indexes } = drive.write(judging)?;
    let by_reason = drive.count_exclusions(judging)?;
    let tombstones = writing.kept_out.map(|kept_out| kept_out.write(dir)).transpose()?;
    let (policy, agent) = (writing.policy.clone(), writing.agent.to_owned());
    let manifest = Manifest::new(1, policy, agent, samples, exclusions, by_reason);
    let mut manifest = manifest.with_tombstones(tombstones.unwrap_or_default());
    manifest.registry_head = writing.registry.map(|registry| registry.head().clone());
    Ok((manifest, indexes))
}

/// Whoever drives a build on a cluster.
pub(crate) struct Drive<'a> {
    pub(super) cluster: &'a Cluster,
    pub(crate) storage: Arc<dyn Storage>,
    interrupt: &'a AtomicBool,
    /// Whether somebody else builds there by now.
    is_lost: &'a dyn Fn() -> bool,
    progress: &'a (dyn Fn(Progress) + Sync),
}

/// What is shown of the results of a step while it lasts.
pub(crate) struct Shown<'a> {
    pub(crate) stage: Stage,
    /// The folder of the results.
    pub(crate) results: &'a str,
    pub(crate) total: Option<u64>,
    /// How much one result stands for: done, and found.
    pub(crate) of: fn(&str) -> (u64, u64),
}

impl<'a> Drive<'a> {
    /// Drives what lies in this storage, until it is interrupted or somebody else has taken the place over.
    pub(crate) fn new(
        cluster: &'a Cluster,
        storage: Arc<dyn Storage>,
        interrupt: &'a AtomicBool,
        is_lost: &'a dyn Fn() -> bool,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Self {
        Self { cluster, storage, interrupt, is_lost, progress }
    }

    /// The same in a folder of its storage.
    pub(crate) fn within(&self, folder: &str) -> Result<Self, Error> {
        let storage = storage_at(&self.storage.address(folder))?;
        Ok(Self { storage, ..*self })
    }

    pub(super) fn goes_on(&self) -> bool {
        !self.interrupt.load(Ordering::Relaxed) && !(self.is_lost)()
    }

    /// Forgets workers that died over an input in an earlier start: it may have been something else.
    pub(crate) fn clear_tries(&self) -> Result<(), Error> {
        for name in self.storage.list(TRIES)? {
            self.storage.remove(&format!("{TRIES}/{name}"))?;
        }
        Ok(())
    }

    /// Calls a function for each of these texts, and hands over what it made of them in their order.
    pub(crate) fn each(
        &self,
        function: &str,
        texts: &[String],
        take: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        each_task(self.cluster, self.storage.as_ref(), function, copies(texts), || self.goes_on(), take)
    }

    /// The same, and calls `tell` now and then meanwhile.
    pub(crate) fn each_told(
        &self,
        function: &str,
        texts: &[String],
        mut tell: impl FnMut(),
        take: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let tick = || {
            tell();
            self.goes_on()
        };
        each_task(self.cluster, self.storage.as_ref(), function, copies(texts), tick, take)
    }

    /// The same, and shows meanwhile how far it is.
    pub(crate) fn each_shown(
        &self,
        function: &str,
        texts: impl ExactSizeIterator<Item = Result<String, Error>>,
        shown: &Shown<'_>,
        take: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let all = texts.len() as u64;
        let mut watch = Watch::new(self.storage.as_ref(), shown.results.to_owned());
        let (mut done, mut found, mut files) = (0, 0, 0);
        let tick = || {
            let has_looked = watch.look(|result| {
                let more = (shown.of)(result);
                done += more.0;
                found += more.1;
                files += 1;
            });
            if has_looked {
                let files = matches!(shown.stage, Stage::Extract).then_some((files, all));
                (self.progress)(Progress {
                    stage: shown.stage,
                    done,
                    total: shown.total,
                    found,
                    files,
                    requests: None,
                });
            }
            self.goes_on()
        };
        each_task(self.cluster, self.storage.as_ref(), function, texts, tick, take)
    }
}

fn copies(texts: &[String]) -> impl ExactSizeIterator<Item = Result<String, Error>> {
    texts.iter().map(|text| Ok(text.clone()))
}
