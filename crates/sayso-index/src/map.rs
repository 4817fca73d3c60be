use std::path::Path;
use std::sync::Arc;

use memmap2::{Advice, Mmap};

/// A file, mapped for reading.
///
/// An index is written under another name, moved into place and never changed, so what is mapped stays as it is also
/// while it is replaced. Whoever truncates the file in place stops the process, as with every program that maps files.
#[derive(Clone)]
pub(crate) struct Map(Arc<Mmap>);

impl Map {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let file = fs_err::File::open(path)?;
        #[expect(unsafe_code, reason = "files of indexes are replaced whole and never written in place")]
        let map = unsafe { Mmap::map(file.file())? };
        Ok(Self(Arc::new(map)))
    }

    /// A file of which little is read, all over it: what the system reads ahead is of no use. Only an advice.
    pub(crate) fn open_scattered(path: &Path) -> std::io::Result<Self> {
        let map = Self::open(path)?;
        let _ = map.0.advise(Advice::Random);
        Ok(map)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
