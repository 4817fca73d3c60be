use super::Registry;
use super::append::Tiles;
use super::head::signed;
use crate::RegistryError;
use crate::log::{Checkpoint, Fork, NoteKey, SignedNote, cosigned_at, root};

impl Registry {
    /// Takes a witness's cosignature of a checkpoint of this log, and says when the witness saw it, in seconds since 1970.
    ///
    /// A checkpoint that the log's own key signed and that is none of its states is a fork, and is said to be one.
    pub fn take_cosignature(&mut self, note: &SignedNote, witness: &NoteKey) -> Result<u64, RegistryError> {
        let seconds = cosigned_at(note, witness)?;
        let size = self.compare(note)?.size;
        let is_its = |name: &str, id: &[u8; 4]| name == witness.name() && *id == witness.id();
        let line = note.signatures.iter().find(|signature| is_its(&signature.name, &signature.key_id));
        let line = line.map(ToString::to_string).unwrap_or_default();
        self.changing(|write| {
            // Only what this log signed itself has a place for it.
            signed(write, size)?;
            write.put_cosignature(size, &witness.to_string(), &line)
        })?;
        Ok(seconds)
    }

    /// Compares a checkpoint that somebody kept with this log: it is one of its states, or the log forks.
    pub fn compare(&mut self, note: &SignedNote) -> Result<Checkpoint, RegistryError> {
        note.verify(&self.identity.key)?;
        let theirs: Checkpoint = note.text.parse()?;
        let origin = self.identity.key.name().to_owned();
        if theirs.origin != origin {
            return Err(Fork::OtherOrigin { a: theirs.origin, b: origin }.into());
        }
        let head = self.head()?;
        if theirs.size > head.size {
            // They have seen more than is here: an older copy, or entries that were taken out.
            return Err(Fork::NotContinued { old_size: theirs.size, size: head.size }.into());
        }
        self.reading(|read| {
            if root(&mut Tiles(read), theirs.size)? == theirs.root {
                return Ok(theirs);
            }
            let is_head = theirs.size == head.size;
            Err(if is_head {
                Fork::SameSize { size: head.size }.into()
            } else {
                Fork::NotContinued { old_size: theirs.size, size: head.size }.into()
            })
        })
    }
}
