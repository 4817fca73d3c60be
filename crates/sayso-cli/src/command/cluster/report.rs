use std::path::PathBuf;

use sayso::build::Progress;
use sayso::summary::{Measurements, measure_on};
use sayso_cluster::Cluster;

use super::build::named;
use crate::arguments::OnCluster;
use crate::command::build::interrupt_on_signal;

/// Who counts the samples of datasets for a report.
pub(crate) struct Counting(Cluster);

/// Reaches the cluster that is to count, if one is.
pub(crate) fn counting(on: &OnCluster) -> anyhow::Result<Option<Counting>> {
    Ok(named(on)?.map(Counting))
}

impl Counting {
    /// Has all samples of these datasets counted.
    pub(crate) fn measured(
        &self,
        dirs: &[PathBuf],
        progress: &(dyn Fn(Progress) + Sync),
    ) -> anyhow::Result<Measurements> {
        Ok(measure_on(&self.0, dirs, interrupt_on_signal()?, progress)?)
    }
}
