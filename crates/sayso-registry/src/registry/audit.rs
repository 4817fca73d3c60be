use std::collections::HashMap;

use super::Registry;
use super::append::Tiles;
use super::head::signed;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimState, Step, SubjectKind, next};
use crate::entry::{Entry, Event, PrivateField};
use crate::log::{Checkpoint, Growth, TileSource, leaf_hash, root};
use crate::store::RegistryRead;

/// What came of reading a whole registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The head.
    pub head: Checkpoint,
    /// Claims.
    pub claims: u64,
    /// Commitments that are opened by what is kept.
    pub opened: u64,
    /// Commitments of which what opens them was erased.
    pub erased: u64,
    /// What is wrong.
    pub faults: Vec<AuditFault>,
}

/// Something in a registry that does not fit the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The entry at which it was found, if it is about one.
    pub number: Option<u64>,
    /// What is wrong, in words.
    pub what: &'static str,
}

/// Faults that are told.
const MAX_FAULTS: usize = 100;

/// Entries that are read at once.
const BATCH: u64 = 4096;

/// Hashes that were computed anew.
#[derive(Default)]
struct Computed(HashMap<(u8, u64), Vec<u8>>);

impl TileSource for Computed {
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        Ok(self.0.get(&(level, index)).cloned())
    }
}

/// Where a claim stands by what the log says.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Standing {
    kind: SubjectKind,
    state: ClaimState,
    method: Option<crate::claim::Method>,
    changed_by: u64,
}

impl Registry {
    /// Reads everything: computes the tree anew from the entries, takes each claim through its steps, opens every commitment,
    /// and compares all of that with what is kept and signed.
    pub fn audit(&mut self) -> Result<Audit, RegistryError> {
        let key = self.identity.key.clone();
        self.reading(|read| {
            let size = read.size()?;
            let note = signed(read, size)?;
            note.verify(&key)?;
            let head: Checkpoint = note.text.parse()?;
            let mut audit = Audit { head, claims: 0, opened: 0, erased: 0, faults: Vec::new() };
            let mut growth = Growth::load(&mut Computed::default(), 0)?;
            let mut standings: HashMap<ClaimId, Standing> = HashMap::new();
            let mut at = 0;
            while at < size {
                let entries = read.entries(at, BATCH)?;
                if entries.is_empty() {
                    audit.fault(Some(at), "entries are missing");
                    break;
                }
                for (number, bytes) in (at..).zip(&entries) {
                    growth.push(leaf_hash(bytes));
                    match Entry::read(bytes) {
                        Ok(entry) => {
                            audit.open(read, number, &entry)?;
                            if !follow(&mut standings, number, &entry) {
                                audit.fault(Some(number), "its step is none that the claim could take");
                            }
                        }
                        Err(RegistryError::FromTheFuture { .. }) => {
                            audit.fault(Some(number), "it is of a newer version");
                        }
                        Err(_) => audit.fault(Some(number), "it cannot be read"),
                    }
                }
                at += entries.len() as u64;
            }
            audit.compare_tiles(read, growth)?;
            audit.compare_claims(read, &mut standings)?;
            Ok(audit)
        })
    }
}

impl Audit {
    fn fault(&mut self, number: Option<u64>, what: &'static str) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(AuditFault { number, what });
        }
    }

    fn open(&mut self, read: &mut dyn RegistryRead, number: u64, entry: &Entry) -> Result<(), RegistryError> {
        for field in PrivateField::ALL {
            match (entry.commitment(*field), read.opening(number, *field)?) {
                (None, None) => {}
                (Some(_), None) => self.erased += 1,
                (Some(commitment), Some(opening)) if opening.commitment(*field) == commitment => self.opened += 1,
                (_, Some(_)) => self.fault(Some(number), "what is kept beside it is not what it commits to"),
            }
        }
        Ok(())
    }

    fn compare_tiles(&mut self, read: &mut dyn RegistryRead, growth: Growth) -> Result<(), RegistryError> {
        let size = growth.size();
        let mut computed = Computed::default();
        computed.0.extend(growth.into_changed().into_iter().map(|(level, index, hashes)| ((level, index), hashes)));
        let root = root(&mut computed, size)?;
        if size != self.head.size || root != self.head.root {
            self.fault(None, "the entries are not those that were signed");
        }
        let mut tiles: Vec<_> = computed.0.into_iter().collect();
        tiles.sort();
        for ((level, index), hashes) in tiles {
            if Tiles(read).tile(level, index)?.as_deref() != Some(&hashes) {
                self.fault(None, "a tile has other hashes than its entries");
            }
        }
        Ok(())
    }

    fn compare_claims(
        &mut self,
        read: &mut dyn RegistryRead,
        standings: &mut HashMap<ClaimId, Standing>,
    ) -> Result<(), RegistryError> {
        let mut from = ClaimId(0);
        loop {
            let claims = read.claims(from, BATCH)?;
            let Some(last) = claims.last() else { break };
            from = ClaimId(last.id.0 + 1);
            for Claim { id, kind, state, method, changed_by, .. } in &claims {
                self.claims += 1;
                let kept = Standing { kind: *kind, state: *state, method: *method, changed_by: *changed_by };
                if standings.remove(id) != Some(kept) {
                    self.fault(Some(id.0), "the claim stands otherwise than the log says");
                }
            }
        }
        if let Some(id) = standings.keys().min() {
            self.fault(Some(id.0), "a claim of the log is missing");
        }
        Ok(())
    }
}

/// Takes a claim a step on, as the log says; false where it cannot take it.
fn follow(standings: &mut HashMap<ClaimId, Standing>, number: u64, entry: &Entry) -> bool {
    let Some(claim) = entry.claim() else {
        if let Event::Asserted { subject, .. } = &entry.event {
            let (state, method) = (ClaimState::Asserted, None);
            standings.insert(ClaimId(number), Standing { kind: subject.kind, state, method, changed_by: number });
        }
        return true;
    };
    let Some(standing) = standings.get_mut(&claim) else { return false };
    let (step, method) = match &entry.event {
        Event::Verified { method, .. } => (Step::Verify, Some(*method)),
        Event::Contested { by, .. } => (Step::Contest { by_control: by.is_some() }, standing.method),
        Event::Upheld { .. } => (Step::Uphold { was_verified: standing.method.is_some() }, standing.method),
        Event::Asserted { .. } | Event::Revoked { .. } | Event::Deleted(_) => (Step::Revoke, standing.method),
    };
    let Ok(state) = next(claim, standing.state, step) else { return false };
    *standing = Standing { state, method, changed_by: number, ..*standing };
    true
}
