use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

use crate::ClusterError;

/// A worker's folder among the temporary ones, for what it shuffles and works on. It goes with the worker; where that is
/// killed, the next worker on the machine removes it.
pub(crate) struct OwnFolder {
    dir: TempDir,
    /// Held for as long as the worker lives: the system gives it back, however that ends.
    _lock: File,
}

const PREFIX: &str = "sayso-worker-";
const LOCK: &str = "lock";

/// Folders that are younger may be somebody's who has not come to locking them yet.
const YOUNG: Duration = Duration::from_secs(60);

static WORKING: OnceLock<PathBuf> = OnceLock::new();

/// Where this process lays what it works on: in its worker's folder, or where all do.
#[must_use]
pub fn working_folder() -> PathBuf {
    WORKING.get().filter(|path| path.is_dir()).cloned().unwrap_or_else(std::env::temp_dir)
}

impl OwnFolder {
    pub(crate) fn make() -> Result<Self, ClusterError> {
        let all = std::env::temp_dir();
        sweep(&all);
        let dir = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&all).map_err(ClusterError::file(all))?;
        let path = dir.path().join(LOCK);
        let lock = File::create(&path).map_err(ClusterError::file(&path))?;
        lock.lock().map_err(ClusterError::file(path))?;
        // A process is one worker; a second one, in a test, works in the first one's folder as long as that is there.
        let _ = WORKING.set(dir.path().to_owned());
        Ok(Self { dir, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// Removes what workers left that are gone. Nothing depends on it: what cannot be looked at or removed stays.
fn sweep(all: &Path) {
    for entry in fs_err::read_dir(all).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            // Not what a link leads to.
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
            && entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(is_old);
        if is_ours && is_left(&path) {
            let _ = fs_err::remove_dir_all(path);
        }
    }
}

fn is_old(modified: std::time::SystemTime) -> bool {
    modified.elapsed().is_ok_and(|age| age > YOUNG)
}

/// Whether nobody holds the folder any more.
fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)).map(|lock| lock.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) => false,
        // One that never came to it, which is long ago.
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fs::File;
    use std::time::{Duration, SystemTime};

    use super::{LOCK, sweep};

    #[test]
    fn folders_of_the_dead_go_and_those_of_the_living_stay() {
        let all = tempfile::tempdir().unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(600);
        let folder = |name: &str, is_locked: bool, modified: Option<SystemTime>| {
            let path = all.path().join(name);
            std::fs::create_dir_all(path.join("job")).unwrap();
            let lock = File::create(path.join(LOCK)).unwrap();
            if is_locked {
                lock.lock().unwrap();
            }
            if let Some(modified) = modified {
                File::open(&path).unwrap().set_modified(modified).unwrap();
            }
            lock
        };
        drop(folder("sayso-worker-dead", false, Some(long_ago)));
        drop(folder("sayso-worker-young", false, None));
        drop(folder("somebody-elses", false, Some(long_ago)));
        let _alive = folder("sayso-worker-alive", true, Some(long_ago));
        std::os::unix::fs::symlink(all.path().join("somebody-elses"), all.path().join("sayso-worker-link")).unwrap();
        sweep(all.path());
        let mut left: Vec<_> = std::fs::read_dir(all.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["sayso-worker-alive", "sayso-worker-link", "sayso-worker-young", "somebody-elses"]);
    }
}
