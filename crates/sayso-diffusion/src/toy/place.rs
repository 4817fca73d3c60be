use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Effort, shape};
use crate::DiffusionError;

/// What lies in a folder of work: the model that nothing but the autoencoder was taught yet, the nets' training, the model.
pub(super) const BASE: &str = "base";
pub(super) const RUN: &str = "run";
pub(super) const MODEL: &str = "model";
/// Says that a folder is one of work, and for what.
const MARK: &str = "effort.json";
const HINT: &str = "move it away, or name another folder";

/// The folder of work beside the one that is made.
pub(super) struct Place {
    pub(super) part: PathBuf,
}

impl Place {
    /// Finds out before the work whether there is room for the model, and what was done for it. What was done for another
    /// effort, or by another version, is removed; what is nobody's here is not.
    pub(super) fn open(folder: &Path, effort: Effort) -> Result<Self, DiffusionError> {
        let is_empty = |folder: &Path| fs_err::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        let taken = |path: &Path| DiffusionError::State {
            path: path.to_owned(),
            reason: "something else is there".to_owned(),
            hint: HINT,
        };
        if folder.file_name().is_none() || (folder.exists() && !is_empty(folder)) {
            return Err(taken(folder));
        }
        let mut name: OsString = folder.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let place = Self { part: folder.with_file_name(name) };
        let mark = place.part.join(MARK);
        let wanted = json!({ "toy": env!("CARGO_PKG_VERSION"), "effort": effort }).to_string();
        match fs_err::read_to_string(&mark) {
            Ok(text) if text == wanted => return Ok(place),
            Ok(_) => place.clear()?,
            Err(_) if place.part.exists() && !is_empty(&place.part) => return Err(taken(&place.part)),
            Err(_) => {}
        }
        shape::file(&mark, &wanted)?;
        Ok(place)
    }

    /// Removes what is ours in it, and itself if nothing else is left.
    pub(super) fn clear(&self) -> Result<(), DiffusionError> {
        for name in [BASE, RUN, MODEL] {
            remove(&self.part.join(name))?;
        }
        let _ = fs_err::remove_file(self.part.join(MARK));
        let _ = fs_err::remove_dir(&self.part);
        Ok(())
    }
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), DiffusionError> {
    match fs_err::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(DiffusionError::Written { path: folder.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
