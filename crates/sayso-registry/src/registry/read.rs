use super::Registry;
use super::assert::wanted;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimSubject};
use crate::entry::{Entry, Opening, PrivateField};

/// A step of a claim, with what opens its commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The entry's number.
    pub number: u64,
    /// What it says.
    pub entry: Entry,
    /// What of it is not on the log, and was not erased.
    pub openings: Vec<(PrivateField, Opening)>,
}

/// A state of a registry's rows, erasures among them, which leave no trace on the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    of_others: u64,
    own: u64,
}

/// Steps of one claim that are read.
const MAX_STEPS: u64 = 10_000;

impl Registry {
    /// A claim.
    pub fn claim(&mut self, id: ClaimId) -> Result<Claim, RegistryError> {
        self.reading(|read| wanted(read, id))
    }

    /// Claims in the order of their numbers, from one on, at most so many.
    pub fn claims(&mut self, from: ClaimId, most: u64) -> Result<Vec<Claim>, RegistryError> {
        self.reading(|read| read.claims(from, most))
    }

    /// Claims on exactly this subject.
    pub fn claims_on(&mut self, subject: &ClaimSubject, most: u64) -> Result<Vec<Claim>, RegistryError> {
        self.reading(|read| read.claims_on(subject, most))
    }

    /// Claims that were made or changed since the log had `size` entries, in the order of their last change: what somebody
    /// who knows that head has not seen.
    pub fn changed_since(&mut self, size: u64, most: u64) -> Result<Vec<Claim>, RegistryError> {
        self.reading(|read| read.changed_since(size, most))
    }

    /// What is another value once anything was changed, by whomever: what follows a registry looks at it first.
    pub fn changes(&mut self) -> Result<Changes, RegistryError> {
        let own = self.own_changes;
        let of_others = self.reading(|read| read.version())?;
        Ok(Changes { of_others, own })
    }

    /// Claims that hold for nothing any more because what they are about was erased. The log has no entry for it.
    pub fn forgotten(&mut self) -> Result<Vec<ClaimId>, RegistryError> {
        self.reading(|read| read.forgotten())
    }

    /// Every step of a claim.
    pub fn history(&mut self, id: ClaimId) -> Result<Vec<History>, RegistryError> {
        self.reading(|read| {
            wanted(read, id)?;
            let mut steps = Vec::new();
            for (number, bytes) in read.entries_of(id, MAX_STEPS)? {
                let mut openings = Vec::new();
                for field in PrivateField::ALL {
                    openings.extend(read.opening(number, *field)?.map(|opening| (*field, opening)));
                }
                steps.push(History { number, entry: Entry::read(&bytes)?, openings });
            }
            Ok(steps)
        })
    }
}
