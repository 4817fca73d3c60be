use super::Registry;
use super::append::Tiles;
use crate::RegistryError;
use crate::log::{Checkpoint, Fork, SignedNote, root};
use crate::store::RegistryRead;

impl Registry {
    /// The head: what is signed of the log as it is, checked against the tree.
    pub fn head(&mut self) -> Result<Checkpoint, RegistryError> {
        self.signed_head().map(|(checkpoint, _)| checkpoint)
    }

    /// The head with the note that says so, with all its cosignatures.
    pub fn signed_head(&mut self) -> Result<(Checkpoint, SignedNote), RegistryError> {
        let key = self.identity.key.clone();
        self.reading(|read| {
            let size = read.size()?;
            let mut note = signed(read, size)?;
            note.verify(&key)?;
            let checkpoint: Checkpoint = note.text.parse()?;
            if checkpoint.size != size || checkpoint.origin != key.name() {
                return Err(RegistryError::damaged(key.name(), "its head is of another log"));
            }
            // What is signed and what is there are two logs: somebody changed entries or tiles.
            if root(&mut Tiles(read), size)? != checkpoint.root {
                return Err(Fork::SameSize { size }.into());
            }
            for line in read.cosignatures(size)? {
                note.signatures.push(line.parse()?);
            }
            Ok((checkpoint, note))
        })
    }
}

/// The checkpoint that was signed at this size.
pub(super) fn signed(read: &mut dyn RegistryRead, size: u64) -> Result<SignedNote, RegistryError> {
    let note = read.checkpoint(size)?;
    note.ok_or_else(|| RegistryError::damaged("the log", format!("nothing is signed of its {size} entries")))?.parse()
}
