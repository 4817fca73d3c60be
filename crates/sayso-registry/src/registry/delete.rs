use super::Registry;
use super::append::{Draft, append};
use super::clerk::Clerk;
use crate::RegistryError;
use crate::entry::{Deletion, Entry, Event};

/// Entries that are read at once.
const BATCH: u64 = 4096;

/// Deletions of a part of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deletions {
    /// Each with the number of its entry.
    pub found: Vec<(u64, Deletion)>,
    /// The entry from which to read on.
    pub next: u64,
}

impl Registry {
    /// Writes down that something was deleted, and says under which number.
    ///
    /// What opens the commitment is not kept here: it is for whoever brought what is gone.
    pub fn write_deletion(&mut self, deletion: Deletion, clerk: &mut Clerk<'_>) -> Result<u64, RegistryError> {
        self.changing(|write| {
            let draft = Draft { event: Event::Deleted(deletion), openings: Vec::new() };
            append(write, clerk, vec![draft])
        })
    }

    /// The deletions among all entries from one on.
    pub fn deletions_since(&mut self, from: u64) -> Result<Deletions, RegistryError> {
        self.reading(|read| {
            let size = read.size()?;
            let mut all = Deletions { found: Vec::new(), next: from.min(size) };
            while all.next < size {
                let entries = read.entries(all.next, BATCH)?;
                if entries.is_empty() {
                    return Err(RegistryError::damaged("the log", "entries are missing"));
                }
                for bytes in &entries {
                    // An entry that a newer program wrote is none of ours to read.
                    if let Ok(Entry { event: Event::Deleted(deletion), .. }) = Entry::read(bytes) {
                        all.found.push((all.next, deletion));
                    }
                    all.next += 1;
                }
            }
            Ok(all)
        })
    }
}
