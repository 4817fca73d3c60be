use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_dataset::Manifest;
use sayso_index::TextPart;

use super::super::storage::{SharedFolder, Storage};
use super::Destination;
use crate::Error;
use crate::build::complete::complete;
use crate::build::options::BuildOptions;
use crate::build::plan::Workshop;
use crate::build::report::Report;
use crate::build::write::ensure_index;
use crate::library::complete_index;

/// A dataset in a folder that all machines have at the same path.
pub(super) struct InFolder {
    out: PathBuf,
    workshop: Workshop,
    job: Arc<SharedFolder>,
}

impl InFolder {
    pub(super) fn open(out: &Path, job: &str) -> Result<Self, Error> {
        let workshop = Workshop::open(out)?;
        let out = std::path::absolute(out).map_err(Error::file(out))?;
        workshop.keep_only(&workshop.dir.join(job))?;
        let folder = out.join(".build").join(job);
        fs_err::create_dir_all(&folder).map_err(Error::file(&folder))?;
        Ok(Self { out, workshop, job: Arc::new(SharedFolder::new(folder)) })
    }
}

impl Destination for InFolder {
    fn place(&self) -> String {
        self.out.to_string_lossy().into_owned()
    }

    fn job(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.job) as Arc<dyn Storage>
    }

    fn dir(&self) -> &Path {
        &self.out
    }

    /// The lock is the system's, and goes with this process alone.
    fn is_lost(&self) -> bool {
        false
    }

    fn complete(
        self: Box<Self>,
        options: &BuildOptions,
        report: &Report,
        manifest: &Manifest,
        texts: Vec<TextPart>,
    ) -> Result<(), Error> {
        complete(&self.out, report, manifest, self.workshop)?;
        // Derived, and of the snapshot that is there now; a build that is killed here makes all of them when it is started
        // again.
        if texts.len() != manifest.samples.len() || texts.is_empty() {
            return ensure_index(&options.writing());
        }
        complete_index(&self.out, texts, options.memory_bytes / 2, options.threads)
    }
}
