use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use sayso_crawl::blocks::Input;

/// A file on disk.
pub(super) struct FileInput {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

impl Input for FileInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = fs_err::File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
}
