use std::path::{Path, PathBuf};

/// Where the parts of a run lie in its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    folder: PathBuf,
}

impl Places {
    /// Those of this folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// What the run was begun with.
    #[must_use]
    pub fn record(&self) -> PathBuf {
        self.folder.join("run.json")
    }

    /// Its losses, a table with a row a step.
    #[must_use]
    pub fn losses(&self) -> PathBuf {
        self.folder.join("losses.csv")
    }

    /// Pictures on the way.
    #[must_use]
    pub fn samples(&self) -> PathBuf {
        self.folder.join("samples")
    }

    /// Pictures of the class.
    #[must_use]
    pub fn class(&self) -> PathBuf {
        self.folder.join("class")
    }

    /// What it goes on from.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// Its page.
    #[must_use]
    pub fn page(&self) -> PathBuf {
        self.folder.join("index.html")
    }

    /// Whether there is a run in the folder.
    #[must_use]
    pub fn has_run(&self) -> bool {
        self.record().is_file()
    }
}
