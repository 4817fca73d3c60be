use sayso::sql::{Rows, SqlDataset, SqlLimits, Told, ask_on};
use sayso_cluster::Cluster;

use super::build::named;
use crate::arguments::OnCluster;

/// Who answers questions in SQL.
pub(crate) struct Answers(Cluster);

/// Reaches the cluster that is to answer, if one is.
pub(crate) fn answers(on: &OnCluster) -> anyhow::Result<Option<Answers>> {
    Ok(named(on)?.map(Answers))
}

impl Answers {
    pub(crate) fn ask(
        &self,
        datasets: &[SqlDataset],
        question: &str,
        limits: &SqlLimits,
        rows: &mut dyn Rows,
    ) -> Result<Told, sayso::Error> {
        ask_on(&self.0, datasets, question, limits, rows)
    }
}
