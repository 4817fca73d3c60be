use serde::{Deserialize, Serialize};

use super::Registry;
use super::append::Tiles;
use crate::RegistryError;
use crate::log::{ConsistencyProof, InclusionProof, consistency, inclusion, leaf_hash};

/// An entry with the proof that it is on the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The entry's bytes, which are JSON.
    pub entry: String,
    /// The proof.
    pub inclusion: InclusionProof,
    /// The signed checkpoint that it leads to.
    pub checkpoint: String,
}

impl Registry {
    /// The proof that an entry is on the log as it is.
    pub fn prove(&mut self, number: u64) -> Result<Proof, RegistryError> {
        let (head, note) = self.signed_head()?;
        self.reading(|read| {
            let mut found = read.entries(number, 1)?;
            let entry = found.pop().ok_or(RegistryError::NoSuchEntry { number, size: head.size })?;
            let inclusion = inclusion(&mut Tiles(read), number, head.size)?;
            // Whoever is handed a proof checks it; it is cheaper not to hand out one that does not hold.
            crate::log::verify_inclusion(&inclusion, &leaf_hash(&entry), &head.tree())?;
            let entry =
                String::from_utf8(entry).map_err(|_| RegistryError::damaged("the log", "an entry is no text"))?;
            Ok(Proof { entry, inclusion, checkpoint: note.to_string() })
        })
    }

    /// The proof that the log of `size` entries goes on from that of `old_size`.
    pub fn prove_consistency(&mut self, old_size: u64, size: u64) -> Result<ConsistencyProof, RegistryError> {
        self.reading(|read| {
            let last = read.size()?;
            if size > last {
                return Err(RegistryError::NoSuchSize { old_size: size, size: last });
            }
            consistency(&mut Tiles(read), old_size, size)
        })
    }
}
