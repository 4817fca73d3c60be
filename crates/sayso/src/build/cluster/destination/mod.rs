//! Where the dataset of a build on a cluster comes to lie, and who may write there.

mod bucket;
mod folder;
mod lease;

use std::path::Path;
use std::sync::Arc;

use sayso_dataset::Manifest;
use sayso_index::TextPart;
use sayso_storage::is_address;

use self::bucket::InBucket;
use self::folder::InFolder;
use super::storage::Storage;
use crate::Error;
use crate::build::options::BuildOptions;
use crate::build::report::Report;

/// A place for a dataset that this process alone builds into.
pub(super) trait Destination {
    /// The place itself, as every machine finds it.
    fn place(&self) -> String;

    /// Where tasks lay down what they do.
    fn job(&self) -> Arc<dyn Storage>;

    /// A folder of this machine into which whoever drives writes its part of the dataset.
    fn dir(&self) -> &Path;

    /// The dataset that somebody else finished between the first look and the moment from which nobody else builds there.
    fn finished_meanwhile(&self, _plan: &str) -> Result<Option<Report>, Error> {
        Ok(None)
    }

    /// Whether somebody else has taken the place over.
    fn is_lost(&self) -> bool;

    /// Makes what was written a dataset, and the parts of its text index that index.
    fn complete(
        self: Box<Self>,
        options: &BuildOptions,
        report: &Report,
        manifest: &Manifest,
        texts: Vec<TextPart>,
    ) -> Result<(), Error>;
}

/// The dataset that is there already, if it was made by this very plan.
pub(super) fn finished(options: &BuildOptions, plan: &str) -> Result<Option<Report>, Error> {
    match address_of(&options.out) {
        Some(address) => bucket::finished(&address, plan),
        None => crate::build::complete::finished(&options.writing(), plan),
    }
}

/// Opens the place of a dataset for this plan, against everybody else.
pub(super) fn open(options: &BuildOptions, plan: &str) -> Result<Box<dyn Destination>, Error> {
    let job = format!("cluster-{}", plan.get(..16).unwrap_or(plan));
    Ok(match address_of(&options.out) {
        Some(address) => Box::new(InBucket::open(&address, &job)?),
        None => Box::new(InFolder::open(&options.out, &job)?),
    })
}

/// The address that stands in place of a path, if one does.
fn address_of(out: &Path) -> Option<String> {
    out.to_str().filter(|text| is_address(text)).map(str::to_owned)
}
