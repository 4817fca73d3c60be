use std::path::PathBuf;

use sayso_core::{Sha256, Timestamp};
use sayso_registry::entry::{Deletion, SALT_BYTES};
use sayso_registry::{Randomness, SystemRandomness};

use super::delete::Intent;
use super::folder::{Folder, files};
use super::open::{Inner, whole_seconds};
use crate::Error;

/// A deletion that was made and is not on the log yet.
pub(super) struct Unlogged {
    pub(super) deletion: Deletion,
    /// Where it is written down.
    pub(super) place: Option<PathBuf>,
    /// Whose receipt waits for it.
    pub(super) session: Option<Sha256>,
}

impl Inner {
    /// Deletes what a studio left that was killed, and finishes what it had begun to delete.
    pub(super) fn delete_left_over(&self) -> Result<(), Error> {
        let deleted = self.options.folder.join("deleted");
        let sessions = self.options.folder.join("sessions");
        for entry in fs_err::read_dir(&sessions).map_err(Error::file(&sessions))? {
            let path = entry.map_err(Error::file(&sessions))?.path();
            let folder = Folder { path };
            if !folder.holds_anything() {
                // Nothing was brought into it: there is nothing to tell.
                folder.remove()?;
                continue;
            }
            let name = folder.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if deleted.join(format!("{name}.json")).is_file() {
                // It says what there was before the first file of it went.
                folder.remove()?;
                continue;
            }
            self.intend(&folder.path, &intent_of(&folder)?).ok_or_else(|| {
                let message = "what was left in it cannot be written down before it is deleted\nhint: make room, or check who may write there";
                Error::Input { input: deleted.display().to_string(), message: message.to_owned() }
            })?;
            folder.remove()?;
        }
        for place in files(&deleted)? {
            let bytes = fs_err::read(&place).map_err(Error::file(&place))?;
            let intent = Intent::read(&bytes).map_err(Error::file(&place))?;
            self.write_deletion(intent.done(self.now()), true)?;
            fs_err::remove_file(&place).map_err(Error::file(&place))?;
        }
        Ok(())
    }
}

/// What is deleted with a folder that nobody has in memory.
fn intent_of(folder: &Folder) -> Result<Intent, Error> {
    let (made_at, salt) = match folder.stamp() {
        Some(stamp) => stamp,
        // It was killed while it was made, and nobody has a receipt.
        None => {
            let mut salt = [0; SALT_BYTES];
            SystemRandomness.fill(&mut salt)?;
            let modified = fs_err::metadata(&folder.path).and_then(|found| found.modified()).ok();
            let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
            let micros = i64::try_from(since.as_micros()).unwrap_or(0);
            (whole_seconds(Timestamp::from_micros(micros)), salt)
        }
    };
    let contents = folder.contents()?.commitment(&salt);
    Ok(Intent::new(folder.count(), made_at, contents))
}
