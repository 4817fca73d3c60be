use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso::build::Progress;
use sayso::fetch::{FetchOptions, FetchReport, fetch_on};
use sayso_cluster::Cluster;

use super::build::named;
use crate::arguments::Fetch;

/// What fetching needs besides to be done by a cluster.
pub(crate) struct Fetching {
    cluster: Cluster,
    /// Where answers of sites are kept, if somebody says where.
    cache: Option<PathBuf>,
}

/// Reaches the cluster that pictures are to be fetched by, if they are.
pub(crate) fn fetching(arguments: &Fetch) -> anyhow::Result<Option<Fetching>> {
    let cache = arguments.fetching.asking.cache.clone();
    Ok(named(&arguments.elsewhere)?.map(|cluster| Fetching { cluster, cache }))
}

impl Fetching {
    pub(crate) fn fetch(
        &self,
        options: &FetchOptions,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<FetchReport, sayso::Error> {
        fetch_on(&self.cluster, options, self.cache.as_deref(), interrupt, progress)
    }
}
