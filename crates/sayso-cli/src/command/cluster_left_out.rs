use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso::build::{BuildOptions, Progress, Report};
use sayso::fetch::{FetchOptions, FetchReport};
use sayso::import::{ImportOptions, ImportReport};
use sayso::rejudge::{RejudgeOptions, RejudgeReport};
use sayso::sql::{Rows, SqlDataset, SqlLimits, Told};
use sayso::summary::Measurements;

use crate::arguments::{
    Build, Cluster, ClusterCommand, ClusterLocal, ClusterScheduler, Fetch, Import, Judge, OnCluster, Worker,
};
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

/// What an import needs to be done by a cluster, which cannot be had.
pub(crate) struct Importing(Infallible);

pub(crate) fn importing(Import { elsewhere: OnCluster { cluster }, .. }: &Import) -> anyhow::Result<Option<Importing>> {
    anyhow::ensure!(cluster.is_none(), LEFT_OUT);
    Ok(None)
}

impl Importing {
    pub(crate) fn import(
        &self,
        _: &ImportOptions,
        _: &AtomicBool,
        _: &(dyn Fn(Progress) + Sync),
    ) -> Result<ImportReport, sayso::Error> {
        match self.0 {}
    }
}

/// What fetching needs to be done by a cluster, which cannot be had.
pub(crate) struct Fetching(Infallible);

pub(crate) fn fetching(Fetch { elsewhere: OnCluster { cluster }, .. }: &Fetch) -> anyhow::Result<Option<Fetching>> {
    anyhow::ensure!(cluster.is_none(), LEFT_OUT);
    Ok(None)
}

impl Fetching {
    pub(crate) fn fetch(
        &self,
        _: &FetchOptions,
        _: &AtomicBool,
        _: &(dyn Fn(Progress) + Sync),
    ) -> Result<FetchReport, sayso::Error> {
        match self.0 {}
    }
}

/// What judging anew needs to be done by a cluster, which cannot be had.
pub(crate) struct Judging(Infallible);

pub(crate) fn judging(Judge { elsewhere: OnCluster { cluster }, .. }: &Judge) -> anyhow::Result<Option<Judging>> {
    anyhow::ensure!(cluster.is_none(), LEFT_OUT);
    Ok(None)
}

impl Judging {
    pub(crate) fn judge(
        &self,
        _: &RejudgeOptions,
        _: &AtomicBool,
        _: &(dyn Fn(Progress) + Sync),
    ) -> Result<RejudgeReport, sayso::Error> {
        match self.0 {}
    }
}

/// Who counts the samples of datasets for a report, which cannot be had.
pub(crate) struct Counting(Infallible);

pub(crate) fn counting(OnCluster { cluster }: &OnCluster) -> anyhow::Result<Option<Counting>> {
    anyhow::ensure!(cluster.is_none(), LEFT_OUT);
    Ok(None)
}

impl Counting {
    pub(crate) fn measured(&self, _: &[PathBuf], _: &(dyn Fn(Progress) + Sync)) -> anyhow::Result<Measurements> {
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
