use std::path::Path;
use std::sync::atomic::AtomicBool;

use sayso_cluster::Failure;
use sayso_core::fail_on;
use sayso_dataset::ExclusionWriter;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::build::Facts;
use crate::build::cluster::{ALL_SITES, Job, attempt_shard, failure, opened, parsed, written};
use crate::rejudge::report::RejudgeReport;
use crate::rejudge::rows::RowJudge;
use crate::rejudge::shard::{Outcome, rejudge_shard};

/// A shard that is to be judged anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToJudge {
    /// Which of the snapshot's shards.
    pub(super) number: usize,
    /// Its file.
    pub(super) file: String,
    /// The folder of this judging.
    pub(super) folder: String,
    /// The root of the snapshot that is judged.
    pub(super) root: String,
    /// The number of the snapshot that it is to become.
    pub(super) snapshot: u64,
    /// Whether to count only.
    pub(super) dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Judged {
    pub(super) number: usize,
    pub(super) outcome: Outcome,
    /// What was counted of this shard.
    pub(super) report: RejudgeReport,
}

/// Where the results of this step lie, inside the folder of the judging.
pub(super) const JUDGED: &str = "judged";

impl ToJudge {
    /// The name of the shard's successor.
    pub(super) fn successor(&self) -> String {
        format!("{:06}-{:05}.parquet", self.snapshot, self.number)
    }

    /// The file of what is refused of it.
    pub(super) fn refused(&self) -> String {
        format!("{}/refused/{:06}.parquet", self.folder, self.number)
    }

    /// Whether all is there that a result speaks of: what was moved for a snapshot that did not come to be is not.
    fn is_there(&self, job: &Job, judged: &Judged) -> Result<bool, Error> {
        let successor = format!("{}/{}", self.folder, self.successor());
        let is_there = |is_needed: bool, name: &str| Ok::<_, Error>(!is_needed || job.storage.has(name)?);
        Ok(is_there(matches!(judged.outcome, Outcome::Successor(_)), &successor)?
            && is_there(judged.report.refused > 0 && !self.dry_run, &self.refused())?)
    }
}

/// The shard's file.
pub(super) fn label(what: &str) -> String {
    parsed::<ToJudge>(what).map(|what| what.file).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (parsed::<ToJudge>(what)?, Job::open(folder)?);
    let name = format!("{}/{JUDGED}/{:06}.json", what.folder, what.number);
    if let Some(done) = job.storage.read(&name)? {
        let done = String::from_utf8_lossy(&done).into_owned();
        if what.is_there(&job, &parsed(&done)?)? {
            return Ok(done);
        }
    }
    let judged = attempt_shard(job.storage.as_ref(), &what.file, |scratch| judge(&what, &job, scratch))?;
    let judged = written(&judged)?;
    job.storage.write(&name, judged.as_bytes())?;
    Ok(judged)
}

const REFUSED: &str = "refused.parquet";

fn judge(what: &ToJudge, job: &Job, scratch: &Path) -> Result<Judged, Error> {
    fail_on(&what.file);
    let options = job.judging()?;
    let dataset = opened(&job.settings.out, &what.root)?;
    let sites = job.storage.local(&format!("{}/{ALL_SITES}", what.folder))?;
    let facts = sites.map(|sites| Facts::at(&sites, &options.agent, options.limits));
    let mut facts = facts.transpose()?;
    let mut judge = RowJudge::new(&options.policy, facts.as_mut(), options.registry.as_deref());
    let mut refused: Option<ExclusionWriter> = None;
    let mut exclude = |exclusion: &_| -> Result<(), Error> {
        if what.dry_run {
            return Ok(());
        }
        let refused = match &mut refused {
            Some(refused) => refused,
            none => none.insert(ExclusionWriter::create(scratch, REFUSED)?),
        };
        Ok(refused.push(exclusion)?)
    };
    let successor = what.successor();
    let file = (!what.dry_run).then_some((scratch, successor.as_str()));
    let (mut report, never) = (RejudgeReport::default(), AtomicBool::new(false));
    let outcome = rejudge_shard(&dataset, what.number, file, &mut judge, &mut report, &mut exclude, &never, &|_| ())?;
    if let Outcome::Successor(_) = &outcome {
        job.storage.put(&scratch.join(&successor), &format!("{}/{successor}", what.folder))?;
    }
    if let Some(refused) = refused {
        refused.finish()?;
        job.storage.put(&scratch.join(REFUSED), &what.refused())?;
    }
    Ok(Judged { number: what.number, outcome, report })
}
