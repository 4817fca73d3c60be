use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use postgres::{Client, Config, IsolationLevel, NoTls, Statement};

use super::failure::Failures;
use super::rows::Rows;
use super::schema::migrate;
use crate::RegistryError;
use crate::store::{Identity, RegistryRead, RegistryStore, RegistryWrite};

/// A registry in a PostgreSQL database, in a schema of its own.
pub struct PostgresStore {
    client: Client,
    statements: HashMap<String, Statement>,
    place: String,
    wait: Duration,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The lock that the one writer of a database's registry holds until its change is kept.
const WRITER: i64 = 0x5341_5953_4f52_4547;

impl PostgresStore {
    /// Opens the registry of a database, and makes it where there is none. A second writer waits for the first one, for as
    /// long as `wait`.
    pub fn create(config: &str, identity: &Identity, wait: Duration) -> Result<Self, RegistryError> {
        let mut store = Self::connect(config, wait)?;
        let Self { client, place, .. } = &mut store;
        let mut change = client.transaction().of(place)?;
        lock(&mut change, wait, place)?;
        migrate(&mut change, place)?;
        let vkey = identity.key.to_string();
        let insert = "INSERT INTO identity (single, vkey) VALUES (1, $1) ON CONFLICT DO NOTHING";
        change.execute(insert, &[&vkey]).of(place)?;
        change.commit().of(place)?;
        let mut found = None;
        store.read(&mut |read| {
            found = Some(read.identity()?);
            Ok(())
        })?;
        if found.as_ref() == Some(identity) {
            Ok(store)
        } else {
            Err(RegistryError::Key { why: "the registry was made with another one" })
        }
    }

    /// Opens a registry that is there.
    pub fn open(config: &str, wait: Duration) -> Result<Self, RegistryError> {
        let mut store = Self::connect(config, wait)?;
        store.read(&mut |read| read.identity().map(drop))?;
        Ok(store)
    }

    fn connect(config: &str, wait: Duration) -> Result<Self, RegistryError> {
        // A password stands in it, and goes into no message.
        let parsed: Config = config.parse().of("of PostgreSQL")?;
        let place = format!("of PostgreSQL, {}", parsed.get_dbname().unwrap_or("without a name"));
        let mut client = parsed.connect(NoTls).of(&place)?;
        client.batch_execute("SET search_path TO sayso_registry; SET synchronous_commit TO on").of(&place)?;
        Ok(Self { client, statements: HashMap::new(), place, wait })
    }
}

/// Makes whoever calls it the only writer until its transaction ends.
fn lock(change: &mut postgres::Transaction<'_>, wait: Duration, place: &str) -> Result<(), RegistryError> {
    let wait_ms = wait.as_millis().clamp(1, 3_600_000);
    change
        .batch_execute(&format!("SET LOCAL lock_timeout = {wait_ms}; SELECT pg_advisory_xact_lock({WRITER})"))
        .of(place)
}

impl RegistryStore for PostgresStore {
    fn read(
        &mut self,
        read: &mut dyn FnMut(&mut dyn RegistryRead) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let Self { client, statements, place, .. } = self;
        let instant = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let mut instant = instant.start().of(place)?;
        read(&mut Rows { change: &mut instant, statements, place })
    }

    fn write(
        &mut self,
        write: &mut dyn FnMut(&mut dyn RegistryWrite) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let Self { client, statements, place, wait } = self;
        let mut change = client.transaction().of(place)?;
        lock(&mut change, *wait, place)?;
        write(&mut Rows { change: &mut change, statements, place })?;
        change.commit().of(place)
    }

    fn scrub(&mut self) -> Result<(), RegistryError> {
        // The tables are written anew. What went through the write-ahead log is gone when its segments are: that is for
        // whoever runs the server to say, as are backups.
        self.client.batch_execute("VACUUM FULL opening").of(&self.place)?;
        self.client.batch_execute("VACUUM FULL claim").of(&self.place)
    }
}
