use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sayso_core::Timestamp;
use sayso_registry::log::{KeyKind, SigningKey};
use sayso_registry::office::Office;
use sayso_registry::store::Identity;
use sayso_registry::store::sqlite::SqliteStore;
use sayso_registry::{Clerk, Randomness, Registry, RegistryError, SystemRandomness};

use crate::Error;

/// Where a registry lies: a folder with `registry.sqlite` and `registry.key`, or a database file with its key beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryPlace {
    database: PathBuf,
    key: PathBuf,
    office: PathBuf,
}

/// How long a second writer waits for the first one: a batch of claims is done in less.
const WAIT: Duration = Duration::from_secs(10);

impl RegistryPlace {
    /// The registry at a path. A path with the ending of a database is a file, every other a folder.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let is_file = path.is_file() || path.extension().is_some_and(|it| it == "sqlite" || it == "db");
        if is_file {
            let beside = |ending: &str| {
                let mut name = path.as_os_str().to_owned();
                name.push(ending);
                PathBuf::from(name)
            };
            return Self { database: path.to_owned(), key: beside(".key"), office: beside(".office") };
        }
        let inside = |name: &str| path.join(name);
        Self { database: inside("registry.sqlite"), key: inside("registry.key"), office: inside("office.sqlite") }
    }

    /// Opens a registry that is there.
    pub fn open(&self) -> Result<Registry, Error> {
        Ok(Registry::open(Box::new(SqliteStore::open(&self.database, WAIT)?))?)
    }

    /// Opens the office beside the registry: what whoever serves it keeps, and nobody needs to check a claim.
    pub fn open_office(&self) -> Result<Office, Error> {
        Ok(Office::open(&self.office, WAIT)?)
    }

    /// Whether one is there.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.database.exists()
    }

    /// Opens a registry with the key that writes in it; makes both where nothing is.
    ///
    /// The key comes first and is there whole or not at all: a registry that is killed while it is made is completed by the
    /// next start.
    pub fn open_to_write(&self, origin: Option<&str>, now: Timestamp) -> Result<(Registry, SigningKey), Error> {
        let folder = self.database.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
        // Two who make the same registry at once must not each have a key of their own, nor see half of what the other makes.
        let lock = std::fs::File::open(folder).map_err(Error::file(folder))?;
        lock.lock().map_err(Error::file(folder))?;
        if self.is_there() {
            let key = self.read_key()?;
            let registry = match self.open() {
                // It was killed between its first steps.
                Err(Error::Registry(RegistryError::NotARegistry { .. })) if is_empty(&self.database) => {
                    self.create(&key, now)?
                }
                opened => opened?,
            };
            return Ok((registry, key));
        }
        let key = if self.key.exists() { self.read_key()? } else { self.make_key(origin)? };
        Ok((self.create(&key, now)?, key))
    }

    fn create(&self, key: &SigningKey, now: Timestamp) -> Result<Registry, Error> {
        let store = SqliteStore::create(&self.database, &Identity { key: key.public() }, WAIT)?;
        let mut randomness = SystemRandomness;
        Ok(Registry::create(Box::new(store), &mut Clerk { key, now, randomness: &mut randomness })?)
    }

    fn read_key(&self) -> Result<SigningKey, Error> {
        let text = fs_err::read_to_string(&self.key).map_err(Error::file(&self.key))?;
        Ok(text.parse::<SigningKey>()?)
    }

    /// Makes a key that nobody else can read.
    fn make_key(&self, origin: Option<&str>) -> Result<SigningKey, Error> {
        let mut seed = [0; 32];
        SystemRandomness.fill(&mut seed)?;
        let origin = origin.map_or_else(origin_of_random, |origin| Ok(origin.to_owned()))?;
        let key = SigningKey::new(&origin, KeyKind::Ed25519, &seed)?;
        let temporary = self.key.with_extension("key.tmp");
        let write = || {
            let mut file = fs_err::OpenOptions::new();
            file.write(true).create(true).truncate(true);
            fs_err::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
            let mut file = file.open(&temporary)?;
            writeln!(file, "{}", key.secret_text())?;
            file.sync_all()?;
            fs_err::rename(&temporary, &self.key)
        };
        write().map_err(Error::file(&self.key))?;
        Ok(key)
    }
}

fn is_empty(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.len() == 0)
}

/// A name for a log that nobody named: one that no other log has.
fn origin_of_random() -> Result<String, Error> {
    let mut bytes = [0; 8];
    SystemRandomness.fill(&mut bytes)?;
    Ok(format!("registry.invalid/{:016x}", u64::from_be_bytes(bytes)))
}
