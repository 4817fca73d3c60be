use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::wait::{Coming, begin};
use crate::{Address, StorageError};

/// Bytes that are asked for first, and after every jump.
const FIRST_BYTES: u64 = 256 << 10;
/// Bytes that are asked for at once at most. Whoever reads on and on waits less for fewer requests.
const MOST_BYTES: u64 = 8 << 20;

/// A file behind an address. Whoever reads on finds the next stretch on its way already.
pub struct Reader {
    store: Arc<dyn ObjectStore>,
    path: object_store::path::Path,
    address: Address,
    bytes: u64,
    at: u64,
    /// What was read last, and where it begins.
    stretch: (u64, Bytes),
    /// What is on its way: where it begins, and how much it is.
    next: Option<(u64, u64, Coming<object_store::Result<Bytes>>)>,
    /// How much is asked for next.
    step: u64,
    /// Why it could not be read, in our words.
    pub(crate) failed: Option<StorageError>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Reader({} at {} of {})", self.address, self.at, self.bytes)
    }
}

impl Reader {
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        path: object_store::path::Path,
        address: Address,
        bytes: u64,
    ) -> Self {
        let stretch = (0, Bytes::new());
        Self { store, path, address, bytes, at: 0, stretch, next: None, step: FIRST_BYTES, failed: None }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bytes
    }

    fn ask(&self, from: u64, bytes: u64) -> Coming<object_store::Result<Bytes>> {
        let (store, path) = (Arc::clone(&self.store), self.path.clone());
        begin(async move { store.get_range(&path, from..from + bytes).await })
    }

    /// Gets a stretch with the byte that is wanted.
    fn load(&mut self) -> Result<(), StorageError> {
        let (last_start, last) = (self.stretch.0, self.stretch.1.len() as u64);
        let reads_on = last > 0 && self.at == last_start + last;
        let (from, bytes, coming) = match self.next.take() {
            Some(next) if (next.0..next.0 + next.1).contains(&self.at) => next,
            _ => {
                self.step = if reads_on { self.step } else { FIRST_BYTES };
                // Whoever jumps to the end reads what lies before it next: tables have their contents there.
                let from = if reads_on { self.at } else { self.at.min(self.bytes.saturating_sub(FIRST_BYTES)) };
                let bytes = self.step.min(self.bytes - from);
                (from, bytes, self.ask(from, bytes))
            }
        };
        let stopped =
            || StorageError::Store { address: self.address.to_string(), message: "whoever asks it stopped".to_owned() };
        let got = coming.wait().ok_or_else(stopped)?.map_err(|error| StorageError::of(&self.address, &error))?;
        if got.len() as u64 != bytes {
            let message = format!("it gave {} bytes in place of {bytes}", got.len());
            return Err(StorageError::Store { address: self.address.to_string(), message });
        }
        self.stretch = (from, got);
        let end = from + bytes;
        if reads_on && end < self.bytes {
            self.step = (self.step * 2).min(MOST_BYTES);
            let bytes = self.step.min(self.bytes - end);
            self.next = Some((end, bytes, self.ask(end, bytes)));
        }
        Ok(())
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.at >= self.bytes {
            return Ok(0);
        }
        let (start, stretch) = &self.stretch;
        if !(*start..start + stretch.len() as u64).contains(&self.at)
            && let Err(error) = self.load()
        {
            let said = io::Error::other(error.to_string());
            self.failed = Some(error);
            return Err(said);
        }
        let (start, stretch) = &self.stretch;
        let skip = usize::try_from(self.at - start).map_err(io::Error::other)?;
        let there = stretch.get(skip..).unwrap_or_default();
        let read = there.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..read), there.get(..read)) {
            to.copy_from_slice(from);
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the start"))?;
        Ok(self.at)
    }
}
