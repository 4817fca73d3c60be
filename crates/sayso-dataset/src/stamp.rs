use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What tells whether `CURRENT` was replaced: a look at it costs no more than a call of the system.
///
/// A snapshot comes to be by a rename, so that the file is another one each time. A number that a file system gives out again
/// comes with another instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    file: (u64, u64),
    changed_at: (i64, i64),
}

impl Stamp {
    /// That of the dataset in this folder, as it is now; `None` where there is none.
    #[must_use]
    pub fn of(dir: &Path) -> Option<Self> {
        let current = std::fs::metadata(dir.join("CURRENT")).ok()?;
        Some(Self { file: (current.dev(), current.ino()), changed_at: (current.ctime(), current.ctime_nsec()) })
    }
}
