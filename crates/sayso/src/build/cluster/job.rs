use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use sayso_core::{Limits, OwnRules, Policy, PolicyName, Purpose};
use serde::{Deserialize, Serialize};

use super::storage::{Storage, storage_at};
use crate::Error;
use crate::build::captions::{CaptionOptions, NameList};
use crate::build::options::{BuildOptions, Writing};
use crate::build::plan::digest_of;
use crate::claims::Ground;
use crate::takedown::KeptOut;

/// The files that a build judges by: every machine of a cluster opens them for itself, at the same path.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Grounds {
    /// Names of creators.
    pub names: Option<PathBuf>,
    /// A registry of claims.
    pub registry: Option<PathBuf>,
    /// Datasets of which tombstones are taken over.
    pub tombstones: Vec<PathBuf>,
}

/// All that a task needs to know of its build, as it lies on shared storage.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// The dataset's folder.
    pub(crate) out: String,
    policy: PolicyName,
    purpose: Purpose,
    own_rules: Option<OwnRules>,
    agent: String,
    limits: Limits,
    features: bool,
    pub(super) memory_bytes: usize,
    shard_rows: u64,
    drop_personal: bool,
    grounds: Grounds,
    /// The digest of what decides how is judged and written: what a machine opens has to be what was opened first.
    writing: String,
}

/// The name of the settings on storage.
const SETTINGS: &str = "job.json";

impl Settings {
    /// The settings of what is judged and written into this folder, with features of pictures or without.
    pub(crate) fn of(writing: &Writing<'_>, features: bool, grounds: &Grounds, out: String) -> Result<Self, Error> {
        let absolute = |path: &PathBuf| std::path::absolute(path).map_err(Error::file(path));
        let grounds = Grounds {
            names: grounds.names.as_ref().map(absolute).transpose()?,
            registry: grounds.registry.as_ref().map(absolute).transpose()?,
            tombstones: grounds.tombstones.iter().map(absolute).collect::<Result<_, _>>()?,
        };
        Ok(Self {
            out,
            policy: writing.policy.name,
            purpose: writing.policy.purpose,
            own_rules: writing.policy.own.as_deref().cloned(),
            agent: writing.agent.to_owned(),
            limits: writing.limits,
            features,
            memory_bytes: writing.memory_bytes,
            shard_rows: writing.shard_rows,
            drop_personal: writing.captions.drop_personal,
            grounds,
            writing: digest_of(&writing.plan())?,
        })
    }

    /// Lays them down for the tasks.
    pub(crate) fn save(&self, storage: &dyn Storage) -> Result<(), Error> {
        storage.write(SETTINGS, super::written(self)?.as_bytes())
    }
}

/// A job that tasks of this process work on.
pub(crate) struct Job {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) settings: Settings,
    /// What is judged by, once something is judged.
    judging: OnceLock<Arc<BuildOptions>>,
}

/// Jobs that a process keeps open.
const OPEN: usize = 8;

static JOBS: LazyLock<Mutex<HashMap<String, Arc<Job>>>> = LazyLock::new(Mutex::default);

impl Job {
    /// The job whose settings lie in this folder.
    pub(crate) fn open(folder: &str) -> Result<Arc<Self>, Error> {
        let mut jobs = JOBS.lock().map_err(|_| Error::Stopped("list of jobs"))?;
        let storage = match jobs.get(folder) {
            Some(job) => Arc::clone(&job.storage),
            None => storage_at(folder)?,
        };
        // It is looked at every time: a job that is over has no settings any more.
        let Some(json) = storage.read(SETTINGS)? else {
            let message =
                "the job has no settings there\nhint: every machine needs the dataset's folder at the same path"
                    .to_owned();
            return Err(Error::Output { dir: folder.into(), message });
        };
        if let Some(job) = jobs.get(folder) {
            return Ok(Arc::clone(job));
        }
        if jobs.len() >= OPEN {
            jobs.clear();
        }
        let settings = super::parsed(&String::from_utf8_lossy(&json))?;
        let job = Arc::new(Self { storage, settings, judging: OnceLock::new() });
        jobs.insert(folder.to_owned(), Arc::clone(&job));
        Ok(job)
    }

    /// What a task that reads works with, in a folder of its own.
    pub(crate) fn reading(&self, scratch: &Path) -> BuildOptions {
        self.options(scratch.to_owned(), CaptionOptions::default(), None, None)
    }

    /// What a task that judges works with.
    pub(crate) fn judging(&self) -> Result<Arc<BuildOptions>, Error> {
        if let Some(options) = self.judging.get() {
            return Ok(Arc::clone(options));
        }
        let Settings { grounds, out, .. } = &self.settings;
        let names = grounds.names.as_deref().map(NameList::read).transpose()?;
        let captions = CaptionOptions { names, drop_personal: self.settings.drop_personal };
        let registry = grounds.registry.as_deref().map(Ground::open).transpose()?.map(Arc::new);
        let kept_out = match grounds.tombstones.as_slice() {
            [] => None,
            dirs => Some(Arc::new(KeptOut::read(dirs)?)),
        };
        let options = Arc::new(self.options(out.into(), captions, registry, kept_out));
        if digest_of(&options.writing().plan())? != self.settings.writing {
            let message = "a worker finds other names, claims or tombstones than the work began with\nhint: every machine needs the same files; if the registry has grown since, begin anew, a build or an import in an empty folder".to_owned();
            return Err(Error::Output { dir: out.into(), message });
        }
        Ok(Arc::clone(self.judging.get_or_init(|| options)))
    }

    fn options(
        &self,
        out: PathBuf,
        captions: CaptionOptions,
        registry: Option<Arc<Ground>>,
        kept_out: Option<Arc<KeptOut>>,
    ) -> BuildOptions {
        let settings = &self.settings;
        let own = settings.own_rules.clone().map(Arc::new);
        BuildOptions {
            inputs: Vec::new(),
            robots: Vec::new(),
            prefix: None,
            out,
            policy: Policy { name: settings.policy, purpose: settings.purpose, own },
            agent: settings.agent.clone(),
            limits: settings.limits,
            features: settings.features,
            // A worker does as many things at once as it has slots.
            threads: NonZeroUsize::MIN,
            memory_bytes: settings.memory_bytes,
            shard_rows: settings.shard_rows,
            captions,
            registry,
            kept_out,
        }
    }
}
