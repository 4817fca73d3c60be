use std::collections::BTreeMap;
use std::path::Path;

use sayso_cluster::Failure;
use sayso_core::{Stance, fail_on};
use sayso_dataset::ExclusionWriter;
use serde::{Deserialize, Serialize};

use super::extract::PAIRS;
use super::gather::inside;
use super::harm::attempt_step;
use super::job::Job;
use super::part::{Key, Part, PartWriter};
use super::sites::ALL_SITES;
use crate::Error;
use crate::build::captions::Captions;
use crate::build::facts::Facts;
use crate::build::judge::Judge;
use crate::build::merge::{Merge, SortedBatches};
use crate::build::merge_runs::{FAN_IN, write_sources};
use crate::build::runs::read_run;
use crate::build::sitestore::SiteStore;

/// A range of the pool's order that is to be judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToJudge {
    /// Which of the ranges, in their order.
    pub(super) number: usize,
    /// The folder of this judging.
    pub(super) folder: String,
    /// The folder in which runs lie, where they were gathered; else the job's own, and empty.
    pub(super) pool: String,
    /// Its first key; `None` for the first of all.
    pub(super) from: Option<Key>,
    /// The first key behind it; `None` where there is none.
    pub(super) to: Option<Key>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Judged {
    pub(super) number: usize,
    pub(super) samples: u64,
    pub(super) exclusions: u64,
    pub(super) duplicates: u64,
    pub(super) verdicts: BTreeMap<Stance, u64>,
    pub(super) personal: BTreeMap<String, u64>,
}

/// Where the results of this step lie, inside its folder.
pub(super) const JUDGED: &str = "judged";
/// Samples of a range.
pub(super) const SAMPLES: &str = "samples";
/// Exclusions of a range.
pub(super) const EXCLUSIONS: &str = "exclusions";

/// Which range it is.
pub(super) fn label(what: &str) -> String {
    super::parsed::<ToJudge>(what).map(|what| format!("range {}", what.number)).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| super::failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (super::parsed::<ToJudge>(what)?, Job::open(folder)?);
    let name = format!("{}/{JUDGED}/{:06}.json", what.folder, what.number);
    if let Some(done) = job.storage.read(&name)? {
        return Ok(String::from_utf8_lossy(&done).into_owned());
    }
    let step = format!("range {:06}", what.number);
    let judged = attempt_step(job.storage.as_ref(), &step, |scratch| judge(&what, &job, scratch))?;
    let judged = super::written(&judged)?;
    job.storage.write(&name, judged.as_bytes())?;
    Ok(judged)
}

fn judge(what: &ToJudge, job: &Job, scratch: &Path) -> Result<Judged, Error> {
    fail_on(&format!("range {:06}", what.number));
    let options = job.judging()?;
    let sites = job.storage.local(&format!("{}/{ALL_SITES}", what.folder))?;
    let store = SiteStore::open(sites.as_deref())?;
    let facts = Facts::new(store, &options.agent, options.limits);
    let captions = Captions::new(&options.captions);
    let (registry, kept_out) = (options.registry.clone(), options.kept_out.clone());
    let mut judge = Judge::new(facts, options.policy.clone(), captions, registry, kept_out)?;
    let mut merge = Merge::new(sources(what, job, scratch)?)?;
    let sample_path = scratch.join("samples.arrow");
    let mut samples: Option<PartWriter> = None;
    let mut exclusions: Option<ExclusionWriter> = None;
    let (mut admitted, mut refused) = (0, 0);
    while let Some(merged) = merge.next_batch()? {
        let found = judge.judge(&merged)?;
        if found.samples.num_rows() > 0 {
            let samples = match &mut samples {
                Some(samples) => samples,
                none => none.insert(PartWriter::create(&sample_path, &found.samples.schema())?),
            };
            samples.write(&found.samples)?;
            admitted += found.samples.num_rows() as u64;
        }
        for exclusion in &found.exclusions {
            let exclusions = match &mut exclusions {
                Some(exclusions) => exclusions,
                none => none.insert(ExclusionWriter::create(scratch, EXCLUSION_FILE)?),
            };
            exclusions.push(exclusion)?;
            refused += 1;
        }
    }
    let (folder, number) = (&what.folder, what.number);
    if let Some(samples) = samples {
        samples.finish()?;
        job.storage.put(&sample_path, &format!("{folder}/{SAMPLES}/{number:06}.arrow"))?;
    }
    if let Some(exclusions) = exclusions {
        exclusions.finish()?;
        let path = scratch.join(EXCLUSION_FILE);
        job.storage.put(&path, &format!("{folder}/{EXCLUSIONS}/{number:06}.parquet"))?;
    }
    Ok(Judged {
        number,
        samples: admitted,
        exclusions: refused,
        duplicates: merge.duplicates,
        verdicts: judge.verdicts,
        personal: judge.captions.personal,
    })
}

const EXCLUSION_FILE: &str = "exclusions.parquet";

/// What all runs hold of the range. No more of them are open at once than in a build on one machine.
fn sources(what: &ToJudge, job: &Job, scratch: &Path) -> Result<Vec<SortedBatches>, Error> {
    let runs = inside(&what.pool, PAIRS);
    let open = |name: &String| -> Result<SortedBatches, Error> {
        let part = Part::open(job.storage.as_ref(), &format!("{runs}/{name}"))?;
        Ok(Box::new(part.between(what.from.clone(), what.to.clone())?))
    };
    let names = job.storage.list(&runs)?;
    if names.len() <= FAN_IN {
        return names.iter().map(open).collect();
    }
    let mut runs = Vec::new();
    for group in names.chunks(FAN_IN) {
        let path = scratch.join(format!("0-{:06}.arrow", runs.len()));
        write_sources(&path, group.iter().map(open).collect::<Result<_, _>>()?)?;
        runs.push(path);
    }
    let mut level = 1;
    while runs.len() > FAN_IN {
        let mut merged = Vec::new();
        for group in runs.chunks(FAN_IN) {
            let path = scratch.join(format!("{level}-{:06}.arrow", merged.len()));
            let sources = group.iter().map(|run| Ok(Box::new(read_run(run)?) as SortedBatches));
            write_sources(&path, sources.collect::<Result<_, Error>>()?)?;
            for run in group {
                sayso_dataset::remove_if_there(run)?;
            }
            merged.push(path);
        }
        runs = merged;
        level += 1;
    }
    runs.iter().map(|run| Ok(Box::new(read_run(run)?) as SortedBatches)).collect()
}
