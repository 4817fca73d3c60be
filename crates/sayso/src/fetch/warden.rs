use std::sync::Arc;
use std::time::Duration;

use sayso_core::Timestamp;

use super::journal::Journal;
use super::kind::FetchKind;
use super::lanes::{Known, Ledger};
use crate::Error;
use crate::online::{Realm, Rests};

/// Remembers, beside until when hosts rest, which servers were given up.
pub(super) trait Warden: Realm {
    /// Why a server at a host is not asked any more, if it is not.
    fn given_up(&self, host: &str, origin: &str) -> Option<FetchKind>;

    /// A server is not asked any more.
    fn give_up(&self, host: &str, origin: &str, kind: FetchKind);

    /// What failed while something was noted.
    fn take_failure(&self) -> Option<Error>;
}

/// All hosts, which this process asks alone.
#[derive(Debug)]
pub(super) struct Everywhere(Arc<Ledger>);

/// Where it is noted when hosts may be asked next, beside the journal.
pub(super) const HOSTS: &str = "hosts.log";

impl Everywhere {
    /// Goes on behind what others noted.
    pub(super) fn open(journal: &Journal, pause: Duration, now: Timestamp, rests: &Known) -> Result<Self, Error> {
        let path = journal.beside(HOSTS);
        rests.leave(&path, now)?;
        let ledger = Ledger::open(path, pause, now, None)?;
        Ok(Self(Arc::new(ledger)))
    }
}

impl Realm for Everywhere {
    fn enter(&self, _: &str) -> Option<Arc<dyn Rests>> {
        Some(Arc::clone(&self.0) as Arc<dyn Rests>)
    }
}

impl Warden for Everywhere {
    fn given_up(&self, _: &str, origin: &str) -> Option<FetchKind> {
        self.0.given_up(origin)
    }

    fn give_up(&self, _: &str, origin: &str, kind: FetchKind) {
        self.0.give_up(origin, kind);
    }

    fn take_failure(&self) -> Option<Error> {
        self.0.take_failure()
    }
}
