use std::path::Path;

use serde::{Deserialize, Serialize};

use super::columns::StoredLayout;
use crate::Error;
use crate::build::cluster::{Job, Storage, parsed, written};
use crate::build::{BuildOptions, CaptionOptions};
use crate::import::options::ImportOptions;
use crate::import::role::{ColumnMap, Role};

/// What a task that reads tables has to know beside what every task of a job knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReadSettings {
    map: std::collections::BTreeMap<Role, String>,
    pub(super) header: Option<bool>,
    as_table: bool,
    /// The columns of samples, once they are decided.
    pub(super) layout: Option<StoredLayout>,
}

/// The name of the settings on storage.
const SETTINGS: &str = "import.json";

impl ReadSettings {
    pub(super) fn of(options: &ImportOptions, layout: Option<StoredLayout>) -> Self {
        Self { map: options.map.0.clone(), header: options.header, as_table: options.as_table, layout }
    }

    /// Lays them down for the tasks.
    pub(super) fn save(&self, storage: &dyn Storage) -> Result<(), Error> {
        storage.write(SETTINGS, written(self)?.as_bytes())
    }

    pub(super) fn read(storage: &dyn Storage) -> Result<Self, Error> {
        let json = storage.read(SETTINGS)?.ok_or(Error::Stopped("import that this task is of"))?;
        parsed(&String::from_utf8_lossy(&json))
    }

    /// What a task that reads works with, in a folder of its own.
    pub(super) fn reading(&self, job: &Job, scratch: &Path) -> ImportOptions {
        let BuildOptions { inputs, out, policy, agent, limits, threads, memory_bytes, shard_rows, features, .. } =
            job.reading(scratch);
        ImportOptions {
            inputs,
            out,
            map: ColumnMap(self.map.clone()),
            as_table: self.as_table,
            header: self.header,
            policy,
            agent,
            limits,
            threads,
            memory_bytes,
            shard_rows,
            features,
            captions: CaptionOptions::default(),
            registry: None,
            kept_out: None,
        }
    }
}
