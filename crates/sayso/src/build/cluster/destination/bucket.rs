use std::path::Path;
use std::sync::Arc;

use sayso_dataset::Manifest;
use sayso_storage::{Address, Folder, StorageError};
use tempfile::TempDir;

use super::super::storage::{Bucket, Storage, each_at_once};
use super::lease::Lease;
use super::{Destination, Indexes};
use crate::Error;
use crate::build::complete::{PlanReport, write_report};
use crate::build::options::Writing;

/// A dataset in an object store. It has no text index: whoever copies it makes that.
pub(super) struct InBucket {
    folder: Folder,
    job: Arc<Bucket>,
    /// Where the driver's own files lie until they are laid down.
    stage: TempDir,
    lease: Lease,
}

const CURRENT: &str = "CURRENT";
const REPORT: &str = "report.json";
const BUILD: &str = ".build";
/// Who builds there, inside the folder of what is not yet a dataset.
const LEASE: &str = ".build/lease";

/// The report of the dataset that is there, if it was made by this very plan.
pub(super) fn finished<R: PlanReport>(address: &str, plan: &str) -> Result<Option<R>, Error> {
    let folder = Folder::open(&address.parse()?)?;
    if folder.size(CURRENT)?.is_none() {
        return Ok(None);
    }
    let report = folder.read(REPORT)?.and_then(|json| serde_json::from_slice::<R>(&json).ok());
    match report {
        Some(report) if report.plan() == plan => Ok(Some(report)),
        _ => Err(taken(address)),
    }
}

fn taken(address: &str) -> Error {
    let message = "it holds a dataset of other inputs or other options\nhint: choose an address with nothing behind it"
        .to_owned();
    Error::Output { dir: address.into(), message }
}

impl InBucket {
    pub(super) fn open(address: &str, job: &str) -> Result<Self, Error> {
        let address: Address = address.parse()?;
        let folder = Folder::open(&address)?;
        let lease = Lease::take(&folder, LEASE)?;
        let stage = tempfile::Builder::new().prefix("sayso-build-").tempdir();
        let stage = stage.map_err(Error::file(std::env::temp_dir()))?;
        let opened = Self { job: Arc::new(Bucket::open(&address.join(BUILD).join(job))?), folder, stage, lease };
        // Whoever built there before may have come to an end while we waited: what is a dataset is nobody's to sweep.
        if opened.folder.size(CURRENT)?.is_none() {
            opened.sweep(&format!("{job}/"))?;
        }
        Ok(opened)
    }

    /// Removes what builds of other plans left: their jobs, and files of the dataset that no manifest names.
    fn sweep(&self, job: &str) -> Result<(), Error> {
        let mut left = Vec::new();
        for listed in self.folder.list_all(BUILD)? {
            let name = format!("{BUILD}/{}", listed.name);
            if !listed.name.starts_with(job) && name != LEASE {
                left.push(name);
            }
        }
        let is_other_job = !left.is_empty() || self.job.list("")?.is_empty();
        if is_other_job {
            for folder in ["samples", "exclusions"] {
                let listed = self.folder.list(folder)?;
                let shards = listed.into_iter().filter(|listed| is_shard(&listed.name));
                left.extend(shards.map(|listed| format!("{folder}/{}", listed.name)));
            }
        }
        each_at_once(&left, |name| Ok(self.folder.remove(name)?))
    }
}

/// Whether a file is called like one that a build writes: nobody else's files are ever touched.
fn is_shard(name: &str) -> bool {
    let number = name.strip_suffix(".parquet").unwrap_or_default();
    number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl<R: PlanReport> Destination<R> for InBucket {
    fn place(&self) -> String {
        self.folder.address().to_string()
    }

    fn job(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.job) as Arc<dyn Storage>
    }

    fn dir(&self) -> &Path {
        self.stage.path()
    }

    fn finished_meanwhile(&self, plan: &str) -> Result<Option<R>, Error> {
        finished(&self.folder.address().to_string(), plan)
    }

    fn is_lost(&self) -> bool {
        self.lease.is_lost()
    }

    fn lay(&self, name: &str) -> Result<(), Error> {
        let path = self.stage.path().join(name);
        if path.is_file() {
            self.folder.put(&path, name)?;
        } else {
            self.folder.remove(name)?;
        }
        Ok(())
    }

    fn complete(self: Box<Self>, _: &Writing<'_>, report: &R, manifest: &Manifest, _: Indexes) -> Result<(), Error> {
        let (dir, address) = (self.stage.path(), self.folder.address().to_string());
        write_report(dir, report)?;
        manifest.publish(dir)?;
        let own = manifest.tombstones.iter().map(|entry| entry.file.clone());
        // The report goes before the manifest, as in a folder; what names the manifest goes last, and once.
        for name in own.chain([REPORT.to_owned(), Manifest::file_name(manifest.snapshot)]) {
            self.folder.put(&dir.join(&name), &name)?;
        }
        if self.lease.is_lost() {
            return Err(StorageError::Raced { address }.into());
        }
        let current = fs_err::read(dir.join(CURRENT)).map_err(Error::file(dir.join(CURRENT)))?;
        match self.folder.create(CURRENT, current) {
            Err(StorageError::Raced { .. }) => return Err(taken(&address)),
            created => created?,
        };
        let listed = self.folder.list_all(BUILD)?;
        let left: Vec<String> = listed.into_iter().map(|listed| format!("{BUILD}/{}", listed.name)).collect();
        let left: Vec<String> = left.into_iter().filter(|name| name != LEASE).collect();
        each_at_once(&left, |name| Ok(self.folder.remove(name)?))
    }
}
