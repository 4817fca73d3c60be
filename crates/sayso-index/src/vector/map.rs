use std::path::Path;

use memmap2::{Advice, Mmap};

/// A file, mapped for reading.
///
/// An index is written under another name, moved into place and never changed, so what is mapped stays as it is also
/// while it is replaced. Whoever truncates the file in place stops the process, as with every program that maps files.
pub(super) struct Map(Mmap);

impl Map {
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let file = fs_err::File::open(path)?;
        #[expect(unsafe_code, reason = "files of indexes are replaced whole and never written in place")]
        let map = unsafe { Mmap::map(file.file())? };
        // Candidates lie all over the file, and what the system reads ahead of them is of no use. Only an advice.
        let _ = map.advise(Advice::Random);
        Ok(Self(map))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
