use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sayso_core::Timestamp;

use super::answer::{Answer, Flaw};
use super::clock::micros;
use super::entry::{from_bytes, sha256, to_bytes};
use super::failure::Failure;
use crate::Error;

/// Answers on disk, so that a server is not asked again for what it said today.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

/// How long an answer counts without asking again (RFC 9309, section 2.4).
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// The largest entry that is read: a page, and room for its head.
const ENTRY_BYTES: u64 = super::answer::PAGE_BYTES + (8 << 20);

/// What no two processes share.
static UNIQUE: OnceLock<String> = OnceLock::new();

/// A number that no two temporary files of this process share.
static WRITES: AtomicU64 = AtomicU64::new(0);

impl Cache {
    /// Opens the cache in `dir`, which is made where it is not there, for nobody else to read: it tells what somebody
    /// looked at.
    pub(super) fn open(dir: &Path) -> Result<Self, Error> {
        let folder = dir.join("answers-v1");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(Error::file(&folder))?;
        Ok(Self { folder })
    }

    fn path(&self, url: &str) -> PathBuf {
        let key = sha256(url.as_bytes());
        // A folder of a few hundred thousand files is slow on some systems.
        self.folder.join(key.get(..2).unwrap_or_default()).join(key)
    }

    /// What is kept of an address; damaged entries and missing ones are the same.
    pub(super) fn get(&self, url: &str) -> Option<Answer> {
        let bytes = crate::signals::read_up_to(&self.path(url), ENTRY_BYTES).ok()?;
        from_bytes(url, &bytes)
    }

    /// Keeps an answer, whole or not at all.
    pub(super) fn put(&self, url: &str, answer: &Answer) -> io::Result<()> {
        write(&self.path(url), &to_bytes(url, answer)?)
    }

    /// Why there was no answer at an address, where that was noted.
    pub(super) fn failure(&self, url: &str) -> Option<Failure> {
        let bytes = crate::signals::read_up_to(&self.path(url).with_extension(FAILURE), ENTRY_BYTES).ok()?;
        let (of, name, words) = serde_json::from_slice::<(String, String, String)>(&bytes).ok()?;
        Failure::noted(&name, words).filter(|_| of == url)
    }

    /// Notes why there was no answer, for the machines that share a run.
    pub(super) fn put_failure(&self, url: &str, failure: &Failure) -> io::Result<()> {
        let bytes = serde_json::to_vec(&(url, failure.as_str(), failure.to_string()))?;
        write(&self.path(url).with_extension(FAILURE), &bytes)
    }
}

/// The ending of a note on an address that did not answer.
const FAILURE: &str = "failure";

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    // Several machines may write one entry at the same time, and their processes be numbered alike.
    let unique = UNIQUE.get_or_init(|| format!("{:08x}", RandomState::new().hash_one(std::process::id())));
    let temporary = path.with_extension(format!("{unique}-{number}.tmp"));
    let write = || {
        // Nothing is synchronised: an entry that a power cut damages is fetched anew.
        fs_err::File::create(&temporary)?.write_all(bytes)?;
        fs_err::rename(&temporary, path)
    };
    write().inspect_err(|_| drop(std::fs::remove_file(&temporary)))
}

impl Answer {
    /// Whether the answer still counts without asking again.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        self.is_younger(FRESH, now)
    }

    /// Whether the answer says enough where nobody here may ask again.
    pub(super) fn is_of_the_week(&self, now: Timestamp) -> bool {
        self.is_younger(7 * FRESH, now)
    }

    fn is_younger(&self, than: Duration, now: Timestamp) -> bool {
        let age = now.as_micros().saturating_sub(self.fetched_at.as_micros());
        (0..micros(than)).contains(&age)
    }

    /// Whether the answer may be kept: not where the server could not answer, or wants it kept by nobody.
    pub(super) fn may_be_kept(&self) -> bool {
        let says_no = |value: &str| value.to_ascii_lowercase().contains("no-store");
        matches!(self.status, 200..=299 | 301 | 302 | 303 | 307 | 308 | 400..=407 | 409..=428 | 430..=499)
            && !self.all("cache-control").any(says_no)
    }

    /// Whether more of the body would be read today than was kept.
    pub(super) fn is_too_short(&self, limit_bytes: u64) -> bool {
        matches!(self.flaw, Some(Flaw::Cut { limit_bytes: read }) if read < limit_bytes)
    }
}
