use std::sync::atomic::AtomicBool;

use sayso::build::{Grounds, Progress};
use sayso::import::{ImportOptions, ImportReport, import_on};
use sayso_cluster::Cluster;

use super::build::{named, registry_of_all};
use crate::arguments::Import;

/// What an import needs besides to be done by a cluster.
pub(crate) struct Importing {
    cluster: Cluster,
    grounds: Grounds,
}

/// Reaches the cluster that an import is to be done by, if it is.
pub(crate) fn importing(arguments: &Import) -> anyhow::Result<Option<Importing>> {
    if arguments.elsewhere.cluster.is_none() {
        return Ok(None);
    }
    let registry = registry_of_all(arguments.claims.registry.as_ref())?;
    let grounds =
        Grounds { names: arguments.captions.names.clone(), registry, tombstones: arguments.tombstones.clone() };
    Ok(named(&arguments.elsewhere)?.map(|cluster| Importing { cluster, grounds }))
}

impl Importing {
    pub(crate) fn import(
        &self,
        options: &ImportOptions,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<ImportReport, sayso::Error> {
        import_on(&self.cluster, options, &self.grounds, interrupt, progress)
    }
}
