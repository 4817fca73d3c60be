use std::sync::atomic::AtomicBool;

use sayso::build::{Grounds, Progress};
use sayso::rejudge::{RejudgeOptions, RejudgeReport, rejudge_on};
use sayso_cluster::Cluster;

use super::build::{named, registry_of_all};
use crate::arguments::Judge;

/// What judging anew needs besides to be done by a cluster.
pub(crate) struct Judging {
    cluster: Cluster,
    grounds: Grounds,
}

/// Reaches the cluster that a dataset is to be judged by anew, if it is.
pub(crate) fn judging(arguments: &Judge) -> anyhow::Result<Option<Judging>> {
    if arguments.elsewhere.cluster.is_none() {
        return Ok(None);
    }
    let registry = registry_of_all(arguments.claims.registry.as_ref())?;
    let grounds = Grounds { registry, ..Grounds::default() };
    Ok(named(&arguments.elsewhere)?.map(|cluster| Judging { cluster, grounds }))
}

impl Judging {
    pub(crate) fn judge(
        &self,
        options: &RejudgeOptions,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<RejudgeReport, sayso::Error> {
        rejudge_on(&self.cluster, options, &self.grounds, interrupt, progress)
    }
}
