use std::fs::{File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sayso_crawl::blocks::{Input, Position};
use sayso_crawl::{Counts, DamageCounts};
use sayso_dataset::write_atomically;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::input::InputFile;
use super::options::{BuildOptions, WritingPlan};
use crate::Error;
use crate::vectors::complete_swaps;

/// Everything that decides the bytes of the result.
#[derive(Serialize)]
struct Plan<'a> {
    version: u64,
    inputs: Vec<(&'a str, Option<u64>, bool)>,
    #[serde(flatten)]
    writing: WritingPlan<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    without_features: bool,
}

/// A digest of the plan: two builds with the same digest make the same dataset.
pub(crate) fn digest(options: &BuildOptions, inputs: &[InputFile]) -> Result<String, Error> {
    let plan = Plan {
        version: 4,
        inputs: inputs.iter().map(|input| (input.name(), input.bytes, input.robots_only)).collect(),
        writing: options.writing().plan(),
        without_features: !options.features,
    };
    digest_of(&plan)
}

/// The digest of a plan.
pub(crate) fn digest_of(plan: &impl Serialize) -> Result<String, Error> {
    let json = serde_json::to_vec(plan).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    let digest = sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), &json));
    Ok(sayso_core::Sha256(digest.into()).to_string())
}

/// How far a build came: what a killed one goes on from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) plan: String,
    /// Runs of pairs that are complete, by their file names.
    pub(super) runs: Vec<String>,
    /// Runs of site facts that are complete.
    pub(super) site_runs: Vec<String>,
    /// The input that is being read, and where to go on in it; `None` at its start.
    pub(super) input: usize,
    pub(super) position: Option<Position>,
    pub(super) counts: Counts,
    pub(super) damage: DamageCounts,
    pub(super) bytes_read: u64,
    pub(super) extract_seconds: f64,
}

/// What a journal has to say of itself, whatever else is kept in it: a build reads crawls, an import tables.
pub(crate) trait RunJournal: Serialize + DeserializeOwned {
    /// An empty journal of a plan.
    fn of(plan: &str) -> Self;
    /// The digest of the plan that it belongs to.
    fn plan(&self) -> &str;
    /// Runs of pairs that are complete, by their file names.
    fn runs(&self) -> &[String];
    /// The same, to be replaced by the runs that they are merged to.
    fn runs_mut(&mut self) -> &mut Vec<String>;
    /// Runs of site facts that are complete.
    fn site_runs(&self) -> &[String];
    /// Pairs in all of them and in memory.
    fn pairs(&self) -> u64;
}

impl RunJournal for Journal {
    fn of(plan: &str) -> Self {
        Self { plan: plan.to_owned(), ..Self::default() }
    }

    fn plan(&self) -> &str {
        &self.plan
    }

    fn runs(&self) -> &[String] {
        &self.runs
    }

    fn runs_mut(&mut self) -> &mut Vec<String> {
        &mut self.runs
    }

    fn site_runs(&self) -> &[String] {
        &self.site_runs
    }

    fn pairs(&self) -> u64 {
        self.counts.pairs
    }
}

/// The folder in which a build keeps what is not yet a dataset.
pub(crate) struct Workshop {
    pub(crate) dir: PathBuf,
    /// Held for as long as the build runs.
    _lock: File,
}

impl Workshop {
    /// Opens the workshop of a dataset that is being built, and locks it against a second build.
    pub(crate) fn open(out: &Path) -> Result<Self, Error> {
        let dir = out.join(".build");
        fs_err::create_dir_all(&dir).map_err(Error::file(&dir))?;
        // What lies there is removed at the end: it must not be somebody's folder to which a link leads.
        if !fs_err::symlink_metadata(&dir).map_err(Error::file(&dir))?.is_dir() {
            let message = "its `.build` is a link to somewhere else\nhint: remove the link".to_owned();
            return Err(Error::Output { dir: out.to_owned(), message });
        }
        let path = dir.join("lock");
        let lock = File::create(&path).map_err(Error::file(&path))?;
        match lock.try_lock() {
            // Whoever had it before may have removed it with all the rest, and then this is a lock on nothing.
            Ok(()) if !is_still_there(&lock, &path) => Self::open(out),
            Ok(()) => {
                remove_unnamed(out)?;
                complete_swaps(out)?;
                Ok(Self { dir, _lock: lock })
            }
            Err(TryLockError::WouldBlock) => {
                let message = "another build is at work there\nhint: wait for it, or choose another folder".to_owned();
                Err(Error::Output { dir: out.to_owned(), message })
            }
            Err(TryLockError::Error(source)) => Err(Error::file(&path)(source)),
        }
    }

    /// Removes all that lies there but the lock.
    pub(crate) fn clear_but_for_lock(&self) -> Result<(), Error> {
        self.keep_only(&self.dir.join("lock"))
    }

    /// Removes all that lies there but the lock and the folder `kept`.
    pub(crate) fn keep_only(&self, kept: &Path) -> Result<(), Error> {
        for entry in fs_err::read_dir(&self.dir).map_err(Error::file(&self.dir))? {
            let path = entry.map_err(Error::file(&self.dir))?.path();
            if path != kept && path != self.dir.join("lock") {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Whether nothing lies there but the lock.
    #[cfg(feature = "cluster")]
    pub(crate) fn is_empty(&self) -> Result<bool, Error> {
        let mut names = Vec::new();
        for entry in fs_err::read_dir(&self.dir).map_err(Error::file(&self.dir))? {
            names.push(entry.map_err(Error::file(&self.dir))?.file_name());
        }
        Ok(names.iter().all(|name| name == "lock"))
    }

    fn journal_path(&self) -> PathBuf {
        self.dir.join("journal.json")
    }

    /// The journal of an earlier run of the same plan, or an empty one. What another plan left is removed.
    pub(crate) fn journal<J: RunJournal>(&self, plan: &str) -> Result<J, Error> {
        let known = fs_err::read(self.journal_path()).ok().and_then(|json| serde_json::from_slice::<J>(&json).ok());
        let journal = match known {
            Some(journal) if journal.plan() == plan => journal,
            _ => J::of(plan),
        };
        self.sweep(&journal)?;
        Ok(journal)
    }

    /// Removes what no journal speaks of: runs that were never completed or belong to another plan.
    fn sweep<J: RunJournal>(&self, journal: &J) -> Result<(), Error> {
        for entry in fs_err::read_dir(&self.dir).map_err(Error::file(&self.dir))? {
            let entry = entry.map_err(Error::file(&self.dir))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_known = matches!(name.as_str(), "lock" | "journal.json")
                || journal.runs().contains(&name)
                || journal.site_runs().contains(&name);
            if !is_known {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    pub(crate) fn save<J: RunJournal>(&self, journal: &J) -> Result<(), Error> {
        let json =
            serde_json::to_vec(journal).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
        Ok(write_atomically(&self.journal_path(), &json)?)
    }

    /// Removes the workshop: the dataset is there.
    pub(crate) fn clear(self) -> Result<(), Error> {
        fs_err::remove_dir_all(&self.dir).map_err(Error::file(&self.dir))
    }
}

/// Removes a file, or a folder with all that is in it.
fn remove(path: &Path) -> Result<(), Error> {
    let metadata = fs_err::symlink_metadata(path).map_err(Error::file(path))?;
    let removed = if metadata.is_dir() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) };
    removed.map_err(Error::file(path))
}

fn is_still_there(lock: &File, path: &Path) -> bool {
    let same = |a: &std::fs::Metadata, b: &std::fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    matches!((lock.metadata(), path.metadata()), (Ok(held), Ok(there)) if same(&held, &there))
}

/// Removes shards that no manifest names: what a build left that was killed while writing.
fn remove_unnamed(out: &Path) -> Result<(), Error> {
    if out.join("CURRENT").exists() {
        return Ok(());
    }
    for folder in ["samples", "exclusions"].map(|name| out.join(name)) {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs_err::read_dir(&folder).map_err(Error::file(&folder))? {
            let path = entry.map_err(Error::file(&folder))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // Only what a build names so: nobody else's files are ever touched.
            let number = name.split('.').next().unwrap_or("");
            let is_ours = number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit());
            if is_ours && (name.ends_with(".parquet") || name.ends_with(".parquet.tmp")) {
                fs_err::remove_file(&path).map_err(Error::file(&path))?;
            }
        }
    }
    Ok(())
}
