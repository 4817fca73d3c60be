use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use sayso::build::{BuildOptions, Progress, Report};
use sayso::sql::{Rows, SqlDataset, SqlLimits, Told};

use crate::arguments::{Build, Cluster, ClusterCommand, ClusterLocal, ClusterScheduler, OnCluster, Worker};
use crate::exit::Outcome;

const LEFT_OUT: &str =
    "this program was built without what works on a cluster\nhint: build it with `--features cluster`";

pub(crate) fn run(Cluster { command }: &Cluster) -> anyhow::Result<Outcome> {
    // So that what is asked is looked at in every build.
    match command {
        ClusterCommand::Scheduler(ClusterScheduler { listen: _, patience: _, metrics: _, with_parent: _ })
        | ClusterCommand::Local(ClusterLocal { workers: _, port: _, slots: _ }) => anyhow::bail!(LEFT_OUT),
    }
}

pub(crate) fn run_worker(arguments: &Worker) -> anyhow::Result<Outcome> {
    let Worker { scheduler: _, slots: _, listen: _, host: _, patience: _, metrics: _, with_parent: _ } = arguments;
    anyhow::bail!(LEFT_OUT)
}

/// What a build needs to be done by a cluster, which cannot be had.
pub(crate) struct Elsewhere(Infallible);

pub(crate) fn elsewhere(Build { elsewhere: OnCluster { cluster }, .. }: &Build) -> anyhow::Result<Option<Elsewhere>> {
    anyhow::ensure!(cluster.is_none(), LEFT_OUT);
    Ok(None)
}

impl Elsewhere {
    pub(crate) fn build(
        &self,
        _: &BuildOptions,
        _: &AtomicBool,
        _: &(dyn Fn(Progress) + Sync),
    ) -> Result<Report, sayso::Error> {
        match self.0 {}
    }
}

/// Who answers questions in SQL, which cannot be had.
pub(crate) struct Answers(Infallible);

pub(crate) fn answers(OnCluster { cluster }: &OnCluster) -> anyhow::Result<Option<Answers>> {
    anyhow::ensure!(cluster.is_none(), LEFT_OUT);
    Ok(None)
}

impl Answers {
    pub(crate) fn ask(&self, _: &[SqlDataset], _: &str, _: &SqlLimits, _: &mut dyn Rows) -> Result<Told, sayso::Error> {
        match self.0 {}
    }
}
