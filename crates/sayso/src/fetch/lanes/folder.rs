use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use sayso_dataset::write_atomically;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Error;

/// The folder in which the machines of a cluster lay down what they do for a fetch, inside that of its journal.
#[derive(Debug, Clone)]
pub(in crate::fetch) struct LanesFolder {
    dir: PathBuf,
}

/// Who drives, and what is to be done. Whoever works looks at it now and then, and ends when it is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::fetch) struct Run {
    /// The start of the command, told from all others.
    pub(in crate::fetch) run: String,
    pub(in crate::fetch) step: Step,
    /// It grows as long as somebody drives.
    pub(in crate::fetch) beat: u64,
}

/// What is to be done in the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::fetch) enum Step {
    /// Hear what sites of pages say.
    Sites,
    /// Ask for pictures.
    Pictures,
    /// Nothing: whoever drives goes on alone.
    Nothing,
}

#[cfg(feature = "cluster")]
impl Step {
    /// The file that says that a lane is through with it.
    pub(in crate::fetch) const fn done(self) -> &'static str {
        match self {
            Self::Sites => "sites.done",
            Self::Pictures => "pictures.done",
            Self::Nothing => "nothing.done",
        }
    }
}

const RUN: &str = "run.json";

impl LanesFolder {
    /// That of a dataset.
    pub(in crate::fetch) fn of(dataset: &Path) -> Self {
        Self { dir: dataset.join(".fetch").join("lanes") }
    }

    pub(in crate::fetch) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The folder of a lane.
    pub(in crate::fetch) fn lane(&self, lane: usize) -> PathBuf {
        self.dir.join(format!("{lane:05}"))
    }

    /// The lanes that have a folder, in their order.
    pub(in crate::fetch) fn lanes(&self) -> Result<Vec<usize>, Error> {
        let entries = match fs_err::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(&self.dir)(error)),
        };
        let mut lanes = Vec::new();
        for entry in entries {
            let name = entry.map_err(Error::file(&self.dir))?.file_name();
            lanes.extend(name.to_str().and_then(|name| name.parse::<usize>().ok()));
        }
        lanes.sort_unstable();
        Ok(lanes)
    }

    /// Who drives; `None` where nobody ever did.
    pub(in crate::fetch) fn run(&self) -> Result<Option<Run>, Error> {
        self.read(RUN)
    }

    /// Says who drives.
    pub(in crate::fetch) fn set_run(&self, run: &Run) -> Result<(), Error> {
        self.write(RUN, run)
    }

    /// What lies in a file of the folder.
    pub(in crate::fetch) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let path = self.path(name);
        match fs_err::read(&path) {
            Ok(json) => Ok(Some(
                serde_json::from_slice(&json)
                    .map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?,
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(path)(error)),
        }
    }

    /// Writes a file of the folder, whole or not at all.
    pub(in crate::fetch) fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Error> {
        let json = serde_json::to_vec(value).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
        Ok(write_atomically(&self.path(name), &json)?)
    }

    /// The sole right to ask the hosts of a lane; `None` where somebody has it. The system takes it from whoever dies.
    pub(in crate::fetch) fn lock(&self, lane: usize) -> Result<Option<File>, Error> {
        let path = self.lane(lane).join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(Error::file(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(Error::file(&path)(source)),
        }
    }
}

/// Where the hosts of a lane rest, in its folder.
pub(in crate::fetch) const HOSTS: &str = "hosts.log";

/// What came of the samples of a lane, in its folder.
pub(in crate::fetch) const LINES: &str = "lines.jsonl";
