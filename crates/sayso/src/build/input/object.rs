use std::io::{self, Read, Seek, SeekFrom};

use sayso_crawl::blocks::Input;
use sayso_storage::{Address, Folder, StorageError};

use super::list::LIST_BYTES;

/// A file in an object store.
pub(super) struct ObjectInput {
    address: Address,
    name: String,
    bytes: u64,
}

impl ObjectInput {
    /// A file of which somebody asked already whether it is there.
    pub(super) fn known(address: Address, bytes: u64) -> Self {
        Self { name: address.to_string(), address, bytes }
    }
}

impl Input for ObjectInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut reader = Folder::open(&self.address)?.reader_of("", self.bytes)?;
        reader.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(reader))
    }
}

/// How many bytes lie there; `None` where nothing does, or a folder.
pub(super) fn size(address: &Address) -> Result<Option<u64>, StorageError> {
    if address.path.is_empty() {
        return Ok(None);
    }
    Folder::open(address)?.size("")
}

/// The whole of a small file, such as a list.
pub(super) fn read_all(address: &Address) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Folder::open(address)?.reader("")?.take(LIST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
