use rusqlite::{Connection, params};
use sayso_core::Timestamp;

use super::open::Office;
use crate::RegistryError;
use crate::store::sqlite::{Failures, signed, unsigned};

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Its number; they only rise.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who: an operator by name, `anybody`, or whoever holds a claim.
    pub who: String,
    /// What, in a word or two.
    pub what: String,
    /// About what.
    pub about: String,
}

/// Writes down that somebody did something, as part of the change by which it is done.
pub(super) fn leave(change: &Connection, who: &str, what: &str, about: &str, now: Timestamp) -> rusqlite::Result<()> {
    let insert = "INSERT INTO trail (at, who, what, about) VALUES (?1, ?2, ?3, ?4)";
    change.prepare_cached(insert)?.execute(params![now.as_micros(), who, what, about]).map(drop)
}

impl Office {
    /// Writes down that somebody did something.
    pub fn leave_trace(&mut self, who: &str, what: &str, about: &str, now: Timestamp) -> Result<(), RegistryError> {
        self.change(|change| leave(change, who, what, about, now))
    }

    /// What was done, the latest first: before a number where one is given, at most so many.
    pub fn trail(&mut self, before: Option<u64>, most: u64) -> Result<Vec<Trace>, RegistryError> {
        let sql = "SELECT id, at, who, what, about FROM trail WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
        let mut query = self.connection.prepare_cached(sql).of(&self.place)?;
        let read = |row: &rusqlite::Row<'_>| {
            let at = Timestamp::from_micros(row.get(1)?);
            Ok(Trace { number: unsigned(row, 0)?, at, who: row.get(2)?, what: row.get(3)?, about: row.get(4)? })
        };
        let traces = query.query_map(params![signed(before.unwrap_or(u64::MAX)), signed(most)], read);
        traces.of(&self.place)?.collect::<rusqlite::Result<_>>().of(&self.place)
    }
}
