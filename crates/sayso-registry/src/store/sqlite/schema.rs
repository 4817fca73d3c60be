use rusqlite::Connection;

use super::failure::Failures;
use crate::RegistryError;

/// Stands in the header of the file (`PRAGMA application_id`), so that no other database is taken for a registry.
pub(super) const APPLICATION: i64 = 0x5341_5953;

/// The version of the tables that this program writes.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// What leads from one version to the next, the first from nothing. A released one is never changed.
const MIGRATIONS: &[&str] = &[
    // 1. Numbers are SQLite's integers, of 63 bits; times microseconds since 1970; hashes blobs.
    "CREATE TABLE identity (only INTEGER PRIMARY KEY CHECK (only = 1), vkey TEXT NOT NULL) STRICT;
     CREATE TABLE entry (number INTEGER PRIMARY KEY, claim INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
     CREATE INDEX entry_by_claim ON entry (claim);
     CREATE TABLE tile (level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
         PRIMARY KEY (level, number)) STRICT, WITHOUT ROWID;
     CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
     CREATE TABLE cosignature (size INTEGER NOT NULL, witness TEXT NOT NULL, line TEXT NOT NULL,
         PRIMARY KEY (size, witness)) STRICT, WITHOUT ROWID;
     CREATE TABLE claim (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT, preferences TEXT NOT NULL,
         state TEXT NOT NULL, method TEXT, since INTEGER NOT NULL, made_at INTEGER NOT NULL,
         changed_by INTEGER NOT NULL) STRICT;
     CREATE INDEX claim_by_subject ON claim (subject, kind) WHERE subject IS NOT NULL;
     CREATE INDEX claim_by_change ON claim (changed_by);
     CREATE TABLE opening (entry INTEGER NOT NULL, field TEXT NOT NULL, salt BLOB NOT NULL, value TEXT NOT NULL,
         PRIMARY KEY (entry, field)) STRICT, WITHOUT ROWID;
     CREATE TABLE challenge (token BLOB PRIMARY KEY, claim INTEGER NOT NULL, method TEXT NOT NULL,
         expires_at INTEGER NOT NULL, used_at INTEGER) STRICT, WITHOUT ROWID;
     CREATE INDEX challenge_by_claim ON challenge (claim);",
];

/// Brings the tables to the newest version, in one transaction; says no to those of a newer program.
pub(super) fn migrate(connection: &mut Connection, place: &str) -> Result<(), RegistryError> {
    let version = |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let found: i64 = version(connection).of(place)?;
    if found > VERSION {
        let (what, found, known) = (format!("the registry `{place}`"), found.unsigned_abs(), VERSION.unsigned_abs());
        return Err(RegistryError::FromTheFuture { what, found, known });
    }
    if found == VERSION {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).of(place)?;
    // Somebody else may have done it while this waited.
    let found: i64 = version(&change).of(place)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        change.execute_batch(step).of(place)?;
    }
    change.pragma_update(None, "user_version", VERSION).of(place)?;
    change.pragma_update(None, "application_id", APPLICATION).of(place)?;
    change.commit().of(place)
}
