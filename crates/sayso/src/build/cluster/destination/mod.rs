//! Where the dataset of a build on a cluster comes to lie, and who may write there.

mod bucket;
mod folder;
mod lease;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_dataset::Manifest;
use sayso_storage::is_address;

use self::bucket::InBucket;
use self::folder::InFolder;
pub(crate) use self::folder::job_in;
use super::storage::Storage;
use crate::Error;
use crate::build::complete::PlanReport;
use crate::build::options::Writing;
use crate::library::ShardIndex;

/// What was indexed of each shard, and where lies what was counted.
pub(crate) type Indexes = Vec<(ShardIndex, PathBuf)>;

/// A place for a dataset that this process alone builds into, with a report of this kind.
pub(crate) trait Destination<R> {
    /// The place itself, as every machine finds it.
    fn place(&self) -> String;

    /// Where tasks lay down what they do.
    fn job(&self) -> Arc<dyn Storage>;

    /// A folder of this machine into which whoever drives writes its part of the dataset.
    fn dir(&self) -> &Path;

    /// The dataset that somebody else finished between the first look and the moment from which nobody else builds there.
    fn finished_meanwhile(&self, _plan: &str) -> Result<Option<R>, Error> {
        Ok(None)
    }

    /// Whether somebody else has taken the place over.
    fn is_lost(&self) -> bool;

    /// Lays a file of [`Self::dir`] that no manifest names beside the dataset; if there is none, none is left of an earlier start.
    fn lay(&self, name: &str) -> Result<(), Error>;

    /// Makes what was written a dataset, and what was indexed of its shards its indexes.
    fn complete(
        self: Box<Self>,
        writing: &Writing<'_>,
        report: &R,
        manifest: &Manifest,
        indexes: Indexes,
    ) -> Result<(), Error>;
}

/// The dataset that is there already, if it was made by this very plan.
pub(crate) fn finished<R: PlanReport>(writing: &Writing<'_>, plan: &str) -> Result<Option<R>, Error> {
    match address_of(writing.out) {
        Some(address) => bucket::finished(&address, plan),
        None => crate::build::complete::finished(writing, plan),
    }
}

/// Opens the place of a dataset for this plan, against everybody else.
pub(crate) fn open<R: PlanReport>(out: &Path, plan: &str) -> Result<Box<dyn Destination<R>>, Error> {
    let job = job_name(plan);
    Ok(match address_of(out) {
        Some(address) => Box::new(InBucket::open(&address, &job)?),
        None => Box::new(InFolder::open(out, &job)?),
    })
}

/// What the folder is called in which the tasks of a plan lay down what they do.
pub(crate) fn job_name(plan: &str) -> String {
    format!("cluster-{}", plan.get(..16).unwrap_or(plan))
}

/// The address that stands in place of a path, if one does.
fn address_of(out: &Path) -> Option<String> {
    out.to_str().filter(|text| is_address(text)).map(str::to_owned)
}
