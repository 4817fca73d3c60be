use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::adapter::{UNFINISHED, replace, write_tensors};
use crate::{DiffusionError, Digests};

const VERSION: u32 = 1;
const STATE: &str = "state.json";
const BYTES: u64 = 1 << 20;

/// Where a training stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    pub(super) settings: Settings,
    pub(super) done: usize,
    pub(super) seen: u64,
    /// The sha256 of the base's weights: UNet, autoencoder, text nets.
    base: Vec<String>,
    /// The file with what was learned.
    learned: String,
}

/// Whether a training was saved in a folder.
pub(super) fn exists(folder: &Path) -> bool {
    folder.join(STATE).exists()
}

impl State {
    pub(super) fn new(settings: &Settings, done: usize, seen: u64, base: Digests) -> Self {
        let learned = format!("learned-{done}.safetensors");
        Self { version: VERSION, settings: settings.clone(), done, seen, base: texts(base), learned }
    }

    /// Writes what was learned, then that it is what counts, then removes what counted before: a stop between any two
    /// leaves a state that is whole.
    pub(super) fn save(&self, folder: &Path, tensors: &BTreeMap<String, Tensor>) -> Result<(), DiffusionError> {
        write_tensors(&folder.join(&self.learned), tensors, &BTreeMap::new())?;
        let text = serde_json::to_vec_pretty(self).map_err(|error| DiffusionError::Compute(error.to_string()))?;
        replace(&folder.join(STATE), &mut |out| out.write_all(&text))?;
        for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let [start, end] = UNFINISHED;
            let is_left = name.starts_with("learned-") || name.starts_with(start) && name.ends_with(end);
            if is_left && name != self.learned {
                // What is left over costs room and nothing else.
                let _ = fs_err::remove_file(entry.path());
            }
        }
        Ok(())
    }

    pub(super) fn open(folder: &Path) -> Result<(Self, BTreeMap<String, Tensor>), DiffusionError> {
        let path = folder.join(STATE);
        let wrong = |reason: String, hint| DiffusionError::State { path: path.clone(), reason, hint };
        if !path.is_file() {
            return Err(DiffusionError::State {
                path: folder.to_owned(),
                reason: "no training was saved in it".to_owned(),
                hint: "name the folder that a training was begun with",
            });
        }
        let damaged = "begin the training anew in another folder";
        let text = crate::config::text(&path, BYTES)?;
        let state: Self =
            serde_json::from_str(&text).map_err(|error| wrong(format!("it is damaged: {error}"), damaged))?;
        if state.version != VERSION {
            return Err(wrong(
                format!("it has the version {}, and {VERSION} is known", state.version),
                "use a newer sayso",
            ));
        }
        state.settings.check()?;
        if Path::new(&state.learned).components().count() != 1 {
            return Err(wrong("it names a file in another folder".to_owned(), damaged));
        }
        let learned = folder.join(&state.learned);
        let tensors = candle_core::safetensors::load(&learned, &Device::Cpu).map_err(|error| {
            DiffusionError::State { path: learned.clone(), reason: error.to_string(), hint: damaged }
        })?;
        Ok((state, tensors.into_iter().collect()))
    }

    /// Refuses to go on with another base.
    pub(super) fn check(&self, folder: &Path, base: Digests) -> Result<(), DiffusionError> {
        if self.base == texts(base) {
            return Ok(());
        }
        Err(DiffusionError::State {
            path: folder.to_owned(),
            reason: "it was begun with another model".to_owned(),
            hint: "name the model that it was begun with; its files have to be the same",
        })
    }
}

fn texts(base: Digests) -> Vec<String> {
    base.named().map(|(_, digest)| digest.to_string()).collect()
}
