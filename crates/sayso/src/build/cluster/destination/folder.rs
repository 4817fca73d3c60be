use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_dataset::Manifest;
use sayso_index::IndexError;

use super::super::storage::{SharedFolder, Storage};
use super::{Destination, Indexes};
use crate::Error;
use crate::build::complete::{PlanReport, publish};
use crate::build::options::Writing;
use crate::build::plan::Workshop;
use crate::build::write::ensure_index;
use crate::library::complete_index;

/// A dataset in a folder that all machines have at the same path.
pub(super) struct InFolder {
    out: PathBuf,
    workshop: Workshop,
    job: Arc<dyn Storage>,
}

impl InFolder {
    pub(super) fn open(out: &Path, job: &str) -> Result<Self, Error> {
        let workshop = Workshop::open(out)?;
        workshop.keep_only(&workshop.dir.join(job))?;
        let job = job_in(&workshop, job)?;
        let out = std::path::absolute(out).map_err(Error::file(out))?;
        Ok(Self { out, workshop, job })
    }
}

/// The folder of this name in a workshop, by a path that all machines have.
pub(crate) fn job_in(workshop: &Workshop, name: &str) -> Result<Arc<dyn Storage>, Error> {
    let folder = std::path::absolute(workshop.dir.join(name)).map_err(Error::file(name))?;
    fs_err::create_dir_all(&folder).map_err(Error::file(&folder))?;
    Ok(Arc::new(SharedFolder::new(folder)))
}

impl<R: PlanReport> Destination<R> for InFolder {
    fn place(&self) -> String {
        self.out.to_string_lossy().into_owned()
    }

    fn job(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.job)
    }

    fn dir(&self) -> &Path {
        &self.out
    }

    /// The lock is the system's, and goes with this process alone.
    fn is_lost(&self) -> bool {
        false
    }

    /// It lies there.
    fn lay(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn complete(
        self: Box<Self>,
        writing: &Writing<'_>,
        report: &R,
        manifest: &Manifest,
        indexes: Indexes,
    ) -> Result<(), Error> {
        publish(&self.out, report, manifest)?;
        // Derived, and of the snapshot that is there now; a build that is killed here makes all of them when it is started
        // again.
        let indexed = if indexes.len() != manifest.samples.len() || indexes.is_empty() {
            ensure_index(writing)
        } else {
            complete_index(&self.out, indexes, writing.memory_bytes / 2, writing.threads)
        };
        // What cannot be put together is made anew; where that fails, too, nothing else is to lie there any more.
        self.workshop.clear_but_for_lock()?;
        let indexed = match indexed {
            Err(Error::Index(IndexError::Damaged { .. })) => ensure_index(writing),
            indexed => indexed,
        };
        self.workshop.clear()?;
        indexed
    }
}
