use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use sayso_core::crash_point;

use super::failure::Failures;
use super::rows::Rows;
use super::schema::{APPLICATION, migrate};
use crate::RegistryError;
use crate::store::{Identity, RegistryRead, RegistryStore, RegistryWrite};

/// A registry in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    place: String,
}

impl SqliteStore {
    /// Makes a registry where nothing is. A second writer waits for the first one, for as long as `wait`.
    pub fn create(file: &Path, identity: &Identity, wait: Duration) -> Result<Self, RegistryError> {
        let mut store = Self::connect(file, OpenFlags::SQLITE_OPEN_CREATE, wait)?;
        migrate(&mut store.connection, &store.place)?;
        let vkey = identity.key.to_string();
        let insert = "INSERT INTO identity (only, vkey) VALUES (1, ?1) ON CONFLICT DO NOTHING";
        store.connection.execute(insert, params![vkey]).of(&store.place)?;
        let found = Rows { connection: &store.connection, place: &store.place }.identity()?;
        if found != *identity {
            return Err(RegistryError::Key { why: "the registry was made with another one" });
        }
        Ok(store)
    }

    /// Opens a registry that is there.
    pub fn open(file: &Path, wait: Duration) -> Result<Self, RegistryError> {
        if !file.is_file() {
            return Err(RegistryError::NotARegistry { place: file.display().to_string() });
        }
        let mut store = Self::connect(file, OpenFlags::empty(), wait)?;
        let application: i64 =
            store.connection.pragma_query_value(None, "application_id", |row| row.get(0)).of(&store.place)?;
        if application != APPLICATION {
            return Err(RegistryError::NotARegistry { place: store.place });
        }
        migrate(&mut store.connection, &store.place)?;
        Ok(store)
    }

    fn connect(file: &Path, more: OpenFlags, wait: Duration) -> Result<Self, RegistryError> {
        let place = file.display().to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connection = Connection::open_with_flags(file, flags).of(&place)?;
        connection.busy_timeout(wait).of(&place)?;
        for (name, value) in [
            ("journal_mode", "WAL"),
            // What was acknowledged is there after a power cut, too.
            ("synchronous", "FULL"),
            // What is removed is overwritten, on pages that stay as on those that are freed.
            ("secure_delete", "ON"),
            ("trusted_schema", "OFF"),
        ] {
            connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(no_row).of(&place)?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, place })
    }

    /// Lets the file grow to this many pages and no further.
    pub fn limit_pages(&mut self, pages: u32) -> Result<(), RegistryError> {
        self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).of(&self.place)
    }
}

/// Some settings answer with their new value, others with nothing.
fn no_row(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    }
}

impl RegistryStore for SqliteStore {
    fn read(
        &mut self,
        read: &mut dyn FnMut(&mut dyn RegistryRead) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let instant = self.connection.transaction_with_behavior(TransactionBehavior::Deferred).of(&self.place)?;
        read(&mut Rows { connection: &instant, place: &self.place })
    }

    fn write(
        &mut self,
        write: &mut dyn FnMut(&mut dyn RegistryWrite) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).of(&self.place)?;
        write(&mut Rows { connection: &change, place: &self.place })?;
        crash_point("before a change of the registry is committed");
        change.commit().of(&self.place)?;
        crash_point("behind a change of the registry");
        Ok(())
    }

    fn scrub(&mut self) -> Result<(), RegistryError> {
        let truncate = |connection: &Connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        };
        // The file is written anew without what was moved about on its pages, and the write-ahead log is emptied into it.
        self.connection.execute_batch("VACUUM").of(&self.place)?;
        match truncate(&self.connection).of(&self.place)? {
            0 => Ok(()),
            _ => Err(RegistryError::Busy { place: self.place.clone() }),
        }
    }
}
