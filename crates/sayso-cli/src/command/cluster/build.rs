use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso::build::{BuildOptions, Grounds, Progress, Report, build_on, cluster_functions};
use sayso_cluster::Cluster;

use super::pass;
use crate::arguments::{Build, OnCluster};

/// A registry, if one is named, in a place where every machine can open it.
pub(super) fn registry_of_all(registry: Option<&PathBuf>) -> anyhow::Result<Option<PathBuf>> {
    let is_address = registry
        .and_then(|path| path.to_str())
        .is_some_and(|path| path.starts_with("http://") || path.starts_with("https://"));
    anyhow::ensure!(
        !is_address,
        "a cluster does not judge by a registry at an address, which every machine might find in another state\nhint: name a registry in a folder that all machines have"
    );
    Ok(registry.cloned())
}

/// Reaches the cluster that somebody names, if they do.
pub(super) fn named(on: &OnCluster) -> anyhow::Result<Option<Cluster>> {
    let Some(address) = &on.cluster else { return Ok(None) };
    Ok(Some(Cluster::connect(address.parse()?, pass()?, cluster_functions())?))
}

/// What a build needs besides to be done by a cluster.
pub(crate) struct Elsewhere {
    cluster: Cluster,
    grounds: Grounds,
}

/// Reaches the cluster that a build is to be done by, if it is.
pub(crate) fn elsewhere(arguments: &Build) -> anyhow::Result<Option<Elsewhere>> {
    if arguments.elsewhere.cluster.is_none() {
        return Ok(None);
    }
    let registry = registry_of_all(arguments.claims.registry.as_ref())?;
    let grounds =
        Grounds { names: arguments.captions.names.clone(), registry, tombstones: arguments.tombstones.clone() };
    Ok(named(&arguments.elsewhere)?.map(|cluster| Elsewhere { cluster, grounds }))
}

impl Elsewhere {
    pub(crate) fn build(
        &self,
        options: &BuildOptions,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Report, sayso::Error> {
        build_on(&self.cluster, options, &self.grounds, interrupt, progress)
    }
}
