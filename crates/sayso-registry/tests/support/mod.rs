//! What several tests need: a clerk whose time stands still and whose randomness is the same in every run.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "shared by tests that each use a part"
)]

use std::path::Path;
use std::time::Duration;

use sayso_core::Timestamp;
use sayso_registry::claim::NewClaim;
use sayso_registry::log::{KeyKind, SigningKey};
use sayso_registry::store::Identity;
use sayso_registry::store::sqlite::SqliteStore;
use sayso_registry::{Clerk, Randomness, Registry, RegistryError};

/// Numbers that look random.
pub struct Dice(pub u64);

impl Randomness for Dice {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RegistryError> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

pub const NOW: i64 = 1_800_000_000_000_000;

pub fn key() -> SigningKey {
    SigningKey::new("registry.example/claims", KeyKind::Ed25519, &[7; 32]).unwrap()
}

/// Somebody who writes, with a time and randomness of their own.
pub struct Desk {
    pub key: SigningKey,
    pub dice: Dice,
    pub now: i64,
}

impl Desk {
    pub fn new(seed: u64) -> Self {
        Self { key: key(), dice: Dice(seed), now: NOW }
    }

    pub fn clerk(&mut self) -> Clerk<'_> {
        Clerk { key: &self.key, now: Timestamp::from_micros(self.now), randomness: &mut self.dice }
    }
}

pub const WAIT: Duration = Duration::from_millis(200);

pub fn create(dir: &Path, desk: &mut Desk) -> Registry {
    let store = SqliteStore::create(&dir.join("r.sqlite"), &Identity { key: desk.key.public() }, WAIT).unwrap();
    Registry::create(Box::new(store), &mut desk.clerk()).unwrap()
}

pub fn open(dir: &Path) -> Result<Registry, RegistryError> {
    Registry::open(Box::new(SqliteStore::open(&dir.join("r.sqlite"), WAIT)?))
}

pub fn claim(subject: &str, preferences: &str) -> NewClaim {
    NewClaim {
        subject: subject.parse().unwrap(),
        preferences: preferences.parse().unwrap(),
        claimant: None,
        terms: None,
        since: None,
    }
}

pub fn by(claimant: &str, claim: NewClaim) -> NewClaim {
    NewClaim { claimant: Some(claimant.to_owned()), ..claim }
}
