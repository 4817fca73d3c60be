use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::RegistryError;
use crate::store::sqlite::Failures;

/// Stands in the header of the file, so that no other database is taken for one.
const APPLICATION: i64 = 0x5341_594f;

/// What leads from one version of the tables to the next, the first from nothing. A released one is never changed.
const MIGRATIONS: &[&str] = &[
    // 1. Times are microseconds since 1970; tokens SHA-256 of what was given out.
    "CREATE TABLE follower (token BLOB NOT NULL, claim INTEGER NOT NULL, made_at INTEGER NOT NULL,
         PRIMARY KEY (token, claim)) STRICT, WITHOUT ROWID;
     CREATE TABLE session (token BLOB PRIMARY KEY, operator TEXT, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE session_claim (token BLOB NOT NULL REFERENCES session ON DELETE CASCADE, claim INTEGER NOT NULL,
         PRIMARY KEY (token, claim)) STRICT, WITHOUT ROWID;
     CREATE TABLE operator (name TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, made_at INTEGER NOT NULL)
         STRICT, WITHOUT ROWID;
     CREATE TABLE report (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL, url TEXT, reason TEXT NOT NULL, words TEXT,
         made_at INTEGER NOT NULL, state TEXT NOT NULL, decided_at INTEGER, decided_by TEXT) STRICT;
     CREATE INDEX report_by_uid ON report (uid);
     CREATE INDEX report_by_state ON report (state, made_at);
     CREATE INDEX report_by_time ON report (made_at);
     CREATE TABLE trail (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
         about TEXT NOT NULL) STRICT;
     CREATE TRIGGER trail_is_not_changed BEFORE UPDATE ON trail BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END;
     CREATE TRIGGER trail_is_not_cut BEFORE DELETE ON trail BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END;",
];

const VERSION: i64 = MIGRATIONS.len() as i64;

/// The office of a registry, open.
#[derive(Debug)]
pub struct Office {
    pub(super) connection: Connection,
    pub(super) place: String,
}

impl Office {
    /// Opens the office kept in a file, and makes it where nothing is, readable by its owner only.
    pub fn open(file: &Path, wait: Duration) -> Result<Self, RegistryError> {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file).map_err(RegistryError::io(file))?;
        let place = file.display().to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(file, flags).of(&place)?;
        connection.busy_timeout(wait).of(&place)?;
        for (name, value) in [
            ("journal_mode", "WAL"),
            ("synchronous", "FULL"),
            // Words of reports are removed for good.
            ("secure_delete", "ON"),
            ("foreign_keys", "ON"),
            ("trusted_schema", "OFF"),
        ] {
            let set = connection.pragma_update_and_check(None, name, value, |_| Ok(()));
            match set {
                Err(rusqlite::Error::QueryReturnedNoRows) | Ok(()) => {}
                error => error.of(&place)?,
            }
        }
        migrate(&mut connection, &place)?;
        Ok(Self { connection, place })
    }

    /// One change, kept whole or not at all.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, RegistryError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).of(&self.place)?;
        let made = change(&transaction).of(&self.place)?;
        transaction.commit().of(&self.place)?;
        Ok(made)
    }
}

fn migrate(connection: &mut Connection, place: &str) -> Result<(), RegistryError> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).of(place)?;
    let pragma = |name: &str| change.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, found) = (pragma("application_id").of(place)?, pragma("user_version").of(place)?);
    if found > VERSION {
        let (found, known) = (found.unsigned_abs(), VERSION.unsigned_abs());
        return Err(RegistryError::FromTheFuture { what: format!("the office `{place}`"), found, known });
    }
    if found > 0 && application != APPLICATION {
        return Err(RegistryError::NotARegistry { place: place.to_owned() });
    }
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        change.execute_batch(step).of(place)?;
    }
    change.pragma_update(None, "user_version", VERSION).of(place)?;
    change.pragma_update(None, "application_id", APPLICATION).of(place)?;
    change.commit().of(place)
}
