use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use sayso_core::{Sha256, Timestamp};
use sayso_registry::claim::UseKind;
use sayso_registry::entry::{DeletionCause, SALT_BYTES};
use sayso_registry::office::Secret;
use sayso_registry::{Randomness, SystemRandomness};

use super::error::StudioError;
use super::folder::{Folder, make_private};
use super::network::Network;
use super::options::{StudioLimits, StudioOptions};
use super::room::{Room, Seat, Signs, locked};
use super::session::Session;
use super::workshop::Workshop;
use crate::Error;

/// A studio: sessions, the line of what waits to be trained, and the clock that ends them.
///
/// What a studio that was killed left behind is deleted, and written on the log, before this one takes anybody in. When it is
/// closed, every session is.
pub struct Studio {
    pub(super) inner: Arc<Inner>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held as long as the studio is open: two that share a folder would delete each other's sessions.
    _lock: std::fs::File,
}

pub(super) struct Inner {
    pub(super) options: StudioOptions,
    pub(super) workshop: Box<dyn Workshop>,
    pub(super) room: Mutex<Room>,
    /// Rung when something waits to be done, or the studio closes.
    pub(super) bell: Condvar,
    /// Held by whoever judges: decoded pictures of one check at a time lie in memory.
    pub(super) judging: Mutex<()>,
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Studio").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(500);
/// How long closing waits for a step of a training that is at work.
const LAST_STEP: Duration = Duration::from_secs(120);

impl Studio {
    /// Opens a studio in its folder, and deletes what is left there of one that was killed.
    pub fn open(options: StudioOptions, workshop: Box<dyn Workshop>) -> Result<Self, Error> {
        let lock = private_folder(&options.folder)?;
        let (room, judging) = (Mutex::default(), Mutex::default());
        let inner = Inner { options, workshop, room, bell: Condvar::new(), judging };
        let inner = Arc::new(inner);
        inner.delete_left_over()?;
        let (worker, clock) = (Arc::clone(&inner), Arc::clone(&inner));
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::file(&inner.options.folder))
        };
        let threads = vec![
            spawn("studio-work", Box::new(move || worker.work()))?,
            spawn("studio-clock", Box::new(move || clock.keep_time(TICK)))?,
        ];
        Ok(Self { inner, threads: Mutex::new(threads), _lock: lock })
    }

    /// How it works.
    #[must_use]
    pub fn options(&self) -> &StudioOptions {
        &self.inner.options
    }

    /// Its limits.
    #[must_use]
    pub fn limits(&self) -> &StudioLimits {
        &self.inner.options.limits
    }

    /// What is tuned in it.
    #[must_use]
    pub fn base_name(&self) -> &str {
        self.inner.workshop.base_name()
    }

    /// Opens a session for somebody of a network, and gives out its token, of which a hash is kept.
    pub fn begin(&self, network: Option<Network>) -> Result<Secret, StudioError> {
        self.inner.begin(network)
    }

    /// Takes nobody in any more, begins nothing, and tells what is at work to stop. Sessions stay until [`Self::close`], so that what was
    /// asked before can be answered.
    pub fn end_soon(&self) {
        let mut room = self.inner.room();
        room.is_ending = true;
        room.waiting.clear();
        for seat in room.sessions.values() {
            seat.signs.stop.store(true, Ordering::Relaxed);
        }
        drop(room);
        self.inner.bell.notify_all();
    }

    /// Ends every session, stops what is at work, and waits for it, though not for ever: what is left the next start deletes.
    pub fn close(&self) {
        self.end_soon();
        let tokens: Vec<Sha256> = {
            let mut room = self.inner.room();
            room.is_closing = true;
            room.sessions.keys().copied().collect()
        };
        for token in tokens {
            // What cannot be deleted now, the next start deletes.
            let _ = self.inner.delete(&token, DeletionCause::Stopped);
        }
        self.inner.bell.notify_all();
        let mut waited = Duration::ZERO;
        let threads = std::mem::take(&mut *locked(&self.threads));
        while threads.iter().any(|thread| !thread.is_finished()) && waited < LAST_STEP {
            std::thread::sleep(Duration::from_millis(20));
            waited += Duration::from_millis(20);
        }
        self.inner.log_what_was_not();
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.close();
    }
}

impl Inner {
    pub(super) fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    fn begin(&self, network: Option<Network>) -> Result<Secret, StudioError> {
        let limits = &self.options.limits;
        let mut salt = [0; SALT_BYTES];
        SystemRandomness.fill(&mut salt).map_err(Error::from)?;
        let token = Secret::new(&mut SystemRandomness).map_err(Error::from)?;
        // Held while the folder is made, so that nobody slips in beyond the limit.
        let mut room = self.room();
        if room.is_ending {
            return Err(StudioError::Closing);
        }
        if let Some(wait) = self.is_crowded(&room, network) {
            return Err(StudioError::Network { sessions: limits.from_network, wait });
        }
        if room.sessions.len() >= limits.sessions {
            return Err(StudioError::Full { sessions: limits.sessions });
        }
        let made_at = whole_seconds(self.now());
        let folder = Folder::make(&self.options.folder.join("sessions"), made_at, &salt)?;
        let (ends_at, signs) = (after(made_at, self.options.keeping.most), Arc::<Signs>::default());
        let session = Session {
            folder,
            salt,
            made_at,
            ends_at,
            seen_at: made_at,
            uploads: Vec::new(),
            next: 1,
            depicts: None,
            use_kind: UseKind::Any,
            own_claims: BTreeSet::new(),
            run: None,
            samples: Vec::new(),
            adapter: None,
            making: None,
            made: Vec::new(),
            copies: 0,
            made_fault: None,
            bundle: None,
            stepped_at: None,
            longest_step: Duration::ZERO,
            signs: Arc::clone(&signs),
            closing: None,
            is_gone: false,
            intent: None,
        };
        let session = Arc::new(Mutex::new(session));
        room.sessions.insert(token.hash(), Seat { session, signs, ends_at, network });
        Ok(token)
    }
}

/// A time later.
pub(super) fn after(time: Timestamp, later: Duration) -> Timestamp {
    let micros = i64::try_from(later.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(time.as_micros().saturating_add(micros))
}

/// By the second: nothing on the log rests on more, and more would tell more.
pub(super) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_micros(time.as_micros().div_euclid(1_000_000) * 1_000_000)
}

/// The folder of a studio, for its owner alone, with a lock in it.
fn private_folder(folder: &Path) -> Result<std::fs::File, Error> {
    use std::os::unix::fs::MetadataExt as _;
    let refused = |message: &str| Error::Input { input: folder.display().to_string(), message: message.to_owned() };
    match fs_err::symlink_metadata(folder) {
        Err(_) => {
            let above = folder.parent().unwrap_or(Path::new("."));
            fs_err::create_dir_all(above).map_err(Error::file(above))?;
            make_private(folder)?;
        }
        Ok(there) if !there.is_dir() => {
            return Err(refused("it is no folder, or a link to one\nhint: name another place with --studio-folder"));
        }
        Ok(there) if there.mode() & 0o077 != 0 => {
            return Err(refused(
                "others may look into it\nhint: chmod 700, or name another place with --studio-folder",
            ));
        }
        Ok(_) => {}
    }
    let path = folder.join("lock");
    let file = std::fs::OpenOptions::new().create(true).write(true).truncate(false).open(&path);
    let file = file.map_err(Error::file(&path))?;
    // Where anybody may make folders, somebody else may have made this one.
    let owner = |of: std::fs::Metadata| of.uid();
    // A file that is made now is ours; one that is there already may be another's, as the folder may be.
    let fresh = folder.join(format!("lock.{}", std::process::id()));
    let _ = std::fs::remove_file(&fresh);
    let made = std::fs::OpenOptions::new().create_new(true).write(true).open(&fresh).and_then(|file| file.metadata());
    let _ = std::fs::remove_file(&fresh);
    let own = owner(made.map_err(Error::file(&fresh))?);
    let is_own =
        |path: &Path| Ok::<_, Error>(owner(std::fs::symlink_metadata(path).map_err(Error::file(path))?) == own);
    let parts = ["", "lock", "sessions", "deleted"]
        .map(|part| if part.is_empty() { folder.to_owned() } else { folder.join(part) });
    let mut theirs = parts.iter().filter(|part| part.symlink_metadata().is_ok()).map(|part| is_own(part));
    if !theirs.try_fold(true, |all, one| one.map(|one| all && one))? {
        return Err(refused("it is somebody else's\nhint: name another place with --studio-folder"));
    }
    if file.try_lock().is_err() {
        return Err(refused(
            "another studio works in it\nhint: stop that one, or name another place with --studio-folder",
        ));
    }
    // A folder with other things in it would lose them.
    for entry in fs_err::read_dir(folder).map_err(Error::file(folder))? {
        let name = entry.map_err(Error::file(folder))?.file_name();
        if !["lock", "sessions", "deleted"].iter().any(|own| name == *own) {
            return Err(refused("there is something else in it\nhint: name an empty folder with --studio-folder"));
        }
    }
    for name in ["sessions", "deleted"] {
        let path = folder.join(name);
        if !path.is_dir() {
            make_private(&path)?;
        }
    }
    Ok(file)
}
