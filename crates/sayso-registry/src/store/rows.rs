use sayso_core::{Sha256, Timestamp};

use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimSubject, Method};
use crate::entry::{Opening, PrivateField};
use crate::log::NoteKey;

/// What a registry was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The key by which its checkpoints are verified; its name is the log's origin.
    pub key: NoteKey,
}

/// A question that only who controls a claim's subject can answer. Of its token only a hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The claim.
    pub claim: ClaimId,
    /// How it is to be answered.
    pub method: Method,
    /// SHA-256 of the token.
    pub token: Sha256,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was answered: once is enough, and a second time would be somebody else.
    pub used_at: Option<Timestamp>,
}

/// What a registry holds, as of one instant.
pub trait RegistryRead {
    /// What it was made with.
    fn identity(&mut self) -> Result<Identity, RegistryError>;
    /// Entries in the log.
    fn size(&mut self) -> Result<u64, RegistryError>;
    /// The bytes of entries, from one on, at most so many.
    fn entries(&mut self, from: u64, most: u64) -> Result<Vec<Vec<u8>>, RegistryError>;
    /// The entries that are about a claim, with their numbers, in their order, at most so many.
    fn entries_of(&mut self, claim: ClaimId, most: u64) -> Result<Vec<(u64, Vec<u8>)>, RegistryError>;
    /// The hashes of a tile.
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError>;
    /// The signed checkpoint of this size.
    fn checkpoint(&mut self, size: u64) -> Result<Option<String>, RegistryError>;
    /// What witnesses signed of the checkpoint of this size, a line each.
    fn cosignatures(&mut self, size: u64) -> Result<Vec<String>, RegistryError>;
    /// A claim.
    fn claim(&mut self, id: ClaimId) -> Result<Option<Claim>, RegistryError>;
    /// Claims in the order of their numbers, from one on, at most so many.
    fn claims(&mut self, from: ClaimId, most: u64) -> Result<Vec<Claim>, RegistryError>;
    /// Claims on exactly this subject, in the order of their numbers, at most so many.
    fn claims_on(&mut self, subject: &ClaimSubject, most: u64) -> Result<Vec<Claim>, RegistryError>;
    /// Claims that an entry from this one on made or changed, in the order of their last change, at most so many.
    fn changed_since(&mut self, entry: u64, most: u64) -> Result<Vec<Claim>, RegistryError>;
    /// What opens a commitment; `None` where there is none or it was erased.
    fn opening(&mut self, entry: u64, field: PrivateField) -> Result<Option<Opening>, RegistryError>;
    /// A number that is another one once somebody else has changed anything; for what one changes oneself it need not be.
    fn version(&mut self) -> Result<u64, RegistryError>;
    /// Claims whose subject was erased.
    fn forgotten(&mut self) -> Result<Vec<ClaimId>, RegistryError>;
    /// The challenges of a claim, the latest last.
    fn challenges(&mut self, claim: ClaimId) -> Result<Vec<Challenge>, RegistryError>;
}

/// What a writer does besides. Each call is part of one change that is kept whole or not at all.
pub trait RegistryWrite: RegistryRead {
    /// Adds an entry about a claim. Its number is the log's size.
    fn add_entry(&mut self, number: u64, claim: ClaimId, bytes: &[u8]) -> Result<(), RegistryError>;
    /// Keeps a tile, in place of what it was.
    fn put_tile(&mut self, level: u8, index: u64, hashes: &[u8]) -> Result<(), RegistryError>;
    /// Keeps a signed checkpoint.
    fn add_checkpoint(&mut self, size: u64, note: &str) -> Result<(), RegistryError>;
    /// Keeps what a witness signed, in place of what the same witness signed of that size before.
    fn put_cosignature(&mut self, size: u64, witness: &str, line: &str) -> Result<(), RegistryError>;
    /// Keeps a claim, in place of what it was.
    fn put_claim(&mut self, claim: &Claim) -> Result<(), RegistryError>;
    /// Keeps what opens a commitment.
    fn add_opening(&mut self, entry: u64, field: PrivateField, opening: &Opening) -> Result<(), RegistryError>;
    /// Removes what opens a commitment, and says whether it was there.
    fn remove_opening(&mut self, entry: u64, field: PrivateField) -> Result<bool, RegistryError>;
    /// Keeps a challenge.
    fn add_challenge(&mut self, challenge: &Challenge) -> Result<(), RegistryError>;
    /// Marks a challenge as answered.
    fn use_challenge(&mut self, token: &Sha256, at: Timestamp) -> Result<(), RegistryError>;
}

/// A store of one registry. Whoever is handed a `dyn RegistryWrite` is the only writer as long as it lasts.
pub trait RegistryStore: Send {
    /// Reads as of one instant.
    fn read(
        &mut self,
        read: &mut dyn FnMut(&mut dyn RegistryRead) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError>;

    /// Makes one change, which is durable once this returns, and never was if it fails.
    fn write(
        &mut self,
        write: &mut dyn FnMut(&mut dyn RegistryWrite) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError>;

    /// Makes sure that what was removed is nowhere in what the store keeps. May take long.
    fn scrub(&mut self) -> Result<(), RegistryError>;
}
