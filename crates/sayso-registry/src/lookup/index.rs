use sayso_core::{Pdq, Sha256};

use super::held::{Held, Holding, How};
use super::keys::{Key, Slots, key};
use super::pdq::PdqTable;
use crate::claim::{Claim, ClaimId, ClaimState, MAX_SEGMENTS, SubjectKind, address_key, parents};
use crate::log::Checkpoint;
use crate::{Changes, Registry, RegistryError};

/// What is known of a picture that is looked up.
#[derive(Debug, Clone, Default)]
pub struct Sought<'a> {
    /// Its address; empty where there is none.
    pub url: &'a str,
    /// The page on which it was found; empty where there is none.
    pub page_url: &'a str,
    /// The accounts of whoever made it, as `host/name`.
    pub accounts: &'a [String],
    /// The digest of its file.
    pub sha256: Option<Sha256>,
    /// Its perceptual hash, if that is good for anything.
    pub pdq: Option<Pdq>,
}

/// Every claim that holds for something, in memory.
#[derive(Debug)]
pub struct ClaimIndex {
    head: Checkpoint,
    /// In the order of their numbers; `None` for what holds no more.
    held: Vec<(ClaimId, Option<Held>)>,
    slots: Slots,
    /// For each claim the one before it with the same key.
    before: Vec<Option<u32>>,
    copies: PdqTable,
    has_prefixes: bool,
    /// The registry's rows as they were taken up; `None` where the claims come from elsewhere.
    seen: Option<Changes>,
}

/// Claims that are read at once.
const BATCH: u64 = 10_000;

impl ClaimIndex {
    /// Takes up every claim of a registry.
    pub fn load(registry: &mut Registry) -> Result<Self, RegistryError> {
        let mut index = Self::empty(registry.head()?);
        let (mut from, size) = (ClaimId(0), index.head.size);
        while from.0 < size {
            let claims = registry.claims(from, BATCH)?;
            let Some(last) = claims.last() else { break };
            from = ClaimId(last.id.0 + 1);
            // What came while this reads belongs to the next head.
            claims.into_iter().filter(|claim| claim.id.0 < size).for_each(|claim| index.take(claim));
        }
        index.copies.settle();
        index.refresh(registry)?;
        Ok(index)
    }

    /// What these claims are about, as of a head, for finding where something about them changed: those that were taken back are among
    /// them, so that it is not for judging.
    #[must_use]
    pub fn of_subjects(head: Checkpoint, claims: impl IntoIterator<Item = Claim>) -> Self {
        let stands = |claim: Claim| match claim.state {
            ClaimState::Revoked => Claim { state: ClaimState::Asserted, ..claim },
            _ => claim,
        };
        Self::of(head, claims.into_iter().map(stands))
    }

    /// Only these claims, as of a head: those of a list that somebody else keeps.
    #[must_use]
    pub fn of(head: Checkpoint, claims: impl IntoIterator<Item = Claim>) -> Self {
        let mut index = Self::empty(head);
        let mut claims: Vec<Claim> = claims.into_iter().collect();
        claims.sort_by_key(|claim| claim.id);
        claims.into_iter().for_each(|claim| index.take(claim));
        index.copies.settle();
        index
    }

    /// Every claim that holds for something, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().filter_map(|(_, held)| held.as_ref())
    }

    /// A claim that holds for something.
    #[must_use]
    pub fn get(&self, id: ClaimId) -> Option<&Held> {
        let at = self.held.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        self.held.get(at).and_then(|(_, held)| held.as_ref())
    }

    fn empty(head: Checkpoint) -> Self {
        Self {
            head,
            held: Vec::new(),
            slots: Slots::default(),
            before: Vec::new(),
            copies: PdqTable::default(),
            has_prefixes: false,
            seen: None,
        }
    }

    /// Whether the registry may have changed since. Costs next to nothing.
    pub fn is_behind(&self, registry: &mut Registry) -> Result<bool, RegistryError> {
        Ok(self.seen != Some(registry.changes()?))
    }

    /// Takes up what changed since, erasures too, and says whether anything did.
    pub fn refresh(&mut self, registry: &mut Registry) -> Result<bool, RegistryError> {
        // Asked first: what changes meanwhile is taken up twice rather than never.
        let changes = registry.changes()?;
        if self.seen == Some(changes) {
            return Ok(false);
        }
        let is_same = registry.head()?.size == self.head.size;
        while registry.head()?.size != self.head.size {
            let head = registry.head()?;
            let known = self.head.size;
            // New ones first, in the order of their numbers: one that has changed since it was made comes late among changes.
            let mut from = ClaimId(known);
            loop {
                let claims = registry.claims(from, BATCH)?;
                let Some(last) = claims.last() else { break };
                from = ClaimId(last.id.0 + 1);
                claims.into_iter().for_each(|claim| self.take(claim));
            }
            let mut at = known;
            loop {
                let claims = registry.changed_since(at, BATCH)?;
                let Some(last) = claims.last() else { break };
                at = last.changed_by + 1;
                claims.into_iter().filter(|claim| claim.id.0 < known).for_each(|claim| self.take(claim));
            }
            self.head = head;
        }
        let mut forgotten = 0_u64;
        for id in registry.forgotten()? {
            if let Ok(at) = self.held.binary_search_by_key(&id, |(known, _)| *known)
                && let Some((_, held)) = self.held.get_mut(at)
            {
                forgotten += u64::from(held.take().is_some());
            }
        }
        self.copies.settle();
        self.seen = Some(changes);
        Ok(!is_same || forgotten > 0)
    }

    /// Claims in a state, the latest first, at most so many.
    #[must_use]
    pub fn in_state(&self, state: ClaimState, most: usize) -> Vec<ClaimId> {
        let held = self.held.iter().rev().filter(|(_, held)| held.as_ref().is_some_and(|held| held.state == state));
        held.map(|(id, _)| *id).take(most).collect()
    }

    /// The head up to which its claims are.
    #[must_use]
    pub const fn head(&self) -> &Checkpoint {
        &self.head
    }

    /// Claims that hold for something.
    #[must_use]
    pub fn claims(&self) -> usize {
        self.held.iter().filter(|(_, held)| held.is_some()).count()
    }

    fn take(&mut self, claim: Claim) {
        let id = claim.id;
        let held = Held::of(claim);
        match self.held.binary_search_by_key(&id, |(known, _)| *known) {
            // What a claim is about never changes.
            Ok(at) => {
                if let Some((_, known)) = self.held.get_mut(at) {
                    *known = held;
                }
            }
            Err(at) if at == self.held.len() => self.add(id, held),
            // A claim from before that held for nothing when this was loaded cannot come back.
            Err(_) => {}
        }
    }

    fn add(&mut self, id: ClaimId, held: Option<Held>) {
        let Some(claim) = &held else { return };
        let slot = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
        if let Some((hash, distance)) = claim.subject.pdq() {
            self.copies.add(hash, distance, slot);
            self.before.push(None);
        } else {
            self.has_prefixes |= claim.subject.kind() == SubjectKind::Prefix;
            let key = key(claim.subject.kind(), &claim.subject.value());
            self.before.push(self.slots.insert(key, slot));
        }
        self.held.push((id, held));
    }

    /// The claims that hold for what is sought, the oldest of each kind of match first, each once.
    #[must_use]
    pub fn find(&self, sought: &Sought<'_>) -> Vec<Holding<'_>> {
        let mut found: Vec<Holding<'_>> = Vec::new();
        self.at(sought.url, How::Address, &mut found);
        self.at(sought.page_url, How::Page, &mut found);
        for account in sought.accounts {
            self.with_key(key(SubjectKind::Account, &account.to_ascii_lowercase()), How::Account, &mut found);
        }
        if let Some(digest) = sought.sha256 {
            self.with_key(key(SubjectKind::Sha256, &digest.to_string()), How::Digest, &mut found);
        }
        if let Some(hash) = sought.pdq {
            self.copies.near(&hash, &mut |slot, distance| self.tell(slot, How::Copy { distance }, &mut found));
        }
        found.sort_by_key(|holding| (holding.claim.id, holding.how));
        found.dedup_by_key(|holding| holding.claim.id);
        found
    }

    /// The claims on an address, the folders that it lies in, and the domains of its host.
    fn at<'a>(&'a self, address: &str, how: How, found: &mut Vec<Holding<'a>>) {
        let Some(address) = Some(address).filter(|text| !text.is_empty()).and_then(address_key) else { return };
        self.with_key(key(SubjectKind::Url, &address), how, found);
        let Some(rest) = address.strip_prefix("https://") else { return };
        let path = address.len() - rest.len() + rest.find('/').unwrap_or(rest.len());
        if self.has_prefixes {
            let end = address.find('?').unwrap_or(address.len());
            let folders = address.get(path..end).unwrap_or_default().match_indices('/').skip(1);
            for (at, _) in folders.take(MAX_SEGMENTS + 1) {
                let folder = address.get(..=path + at).unwrap_or_default();
                self.with_key(key(SubjectKind::Prefix, folder), how, found);
            }
        }
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        for name in parents(host.strip_suffix('.').unwrap_or(host)) {
            self.with_key(key(SubjectKind::Domain, name), how, found);
        }
    }

    fn with_key<'a>(&'a self, key: Key, how: How, found: &mut Vec<Holding<'a>>) {
        // All of them: whoever wants a claim to be overlooked could make many others on the same.
        let mut next = self.slots.get(&key).copied();
        while let Some(slot) = next {
            self.tell(slot, how, found);
            next = self.before.get(slot as usize).copied().flatten();
        }
    }

    fn tell<'a>(&'a self, slot: u32, how: How, found: &mut Vec<Holding<'a>>) {
        if let Some((_, Some(claim))) = self.held.get(slot as usize) {
            found.push(Holding { claim, how });
        }
    }
}
