use std::io;
use std::path::{Path, PathBuf};

use sayso_core::{Pdq, Sha256, Timestamp};
use sayso_registry::deletion::{Content, ContentKind, Contents};
use sayso_registry::entry::SALT_BYTES;
use sayso_registry::{Randomness, SystemRandomness};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::Error;
use crate::outputs::write_whole;

/// Where the things of one session lie: under a name that says nothing of whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
}

/// What a session's folder says of itself, so that one that is found later can be deleted with the same commitment.
#[derive(Serialize, Deserialize)]
struct Stamp {
    version: u32,
    made_at: Timestamp,
    salt: String,
}

const STAMP_VERSION: u32 = 1;

impl Folder {
    /// A new one, for its owner alone.
    pub(super) fn make(sessions: &Path, made_at: Timestamp, salt: &[u8; SALT_BYTES]) -> Result<Self, Error> {
        let mut name = [0; 16];
        SystemRandomness.fill(&mut name)?;
        let path = sessions.join(format!("{:032x}", u128::from_be_bytes(name)));
        make_private(&path)?;
        let folder = Self { path };
        let stamp = Stamp { version: STAMP_VERSION, made_at, salt: Sha256(*salt).to_string() };
        let text = serde_json::to_string(&stamp).unwrap_or_default();
        let file = folder.path.join("session.json");
        let made = write_whole(&file, text.as_bytes()).map_err(Error::file(file)).and_then(|()| {
            [folder.coming(), folder.uploads(), folder.stated(), folder.weights(), folder.pictures()]
                .iter()
                .try_for_each(|it| make_private(it))
        });
        if made.is_err() {
            // Nothing of anybody is in it yet.
            let _ = fs_err::remove_dir_all(&folder.path);
        }
        made.map(|()| folder)
    }

    /// When it was made, and its salt, as it says itself; `None` where it does not.
    pub(super) fn stamp(&self) -> Option<(Timestamp, [u8; SALT_BYTES])> {
        let text = fs_err::read_to_string(self.path.join("session.json")).ok()?;
        let Stamp { version: STAMP_VERSION, made_at, salt } = serde_json::from_str(&text).ok()? else { return None };
        Some((made_at, *salt.parse::<Pdq>().ok()?.as_bytes()))
    }

    /// Pictures that are not there whole yet.
    pub(super) fn coming(&self) -> PathBuf {
        self.path.join("coming")
    }

    /// The pictures that were brought, as they were brought.
    pub(super) fn uploads(&self) -> PathBuf {
        self.path.join("uploads")
    }

    /// Copies into which whoever made them has had their word written.
    pub(super) fn stated(&self) -> PathBuf {
        self.path.join("stated")
    }

    /// What is learned from: those that say yes, with their captions.
    pub(super) fn learned(&self) -> PathBuf {
        self.path.join("learned")
    }

    /// The run.
    pub(super) fn run(&self) -> PathBuf {
        self.path.join("run")
    }

    /// The weights with their papers.
    pub(super) fn weights(&self) -> PathBuf {
        self.path.join("weights")
    }

    /// The pictures that were made.
    pub(super) fn pictures(&self) -> PathBuf {
        self.path.join("pictures")
    }

    /// What was brought and what was made of it, with digests of what lies there now.
    pub(super) fn contents(&self) -> Result<Contents, Error> {
        let mut all = Vec::new();
        for (folder, kind) in [
            (self.uploads(), ContentKind::Upload),
            (self.weights(), ContentKind::Weights),
            (self.pictures(), ContentKind::Picture),
        ] {
            for path in files(&folder)? {
                let is_weights = path.extension().is_some_and(|ending| ending == "safetensors");
                let kind = if kind == ContentKind::Weights && !is_weights { ContentKind::Paper } else { kind };
                // What cannot be read is deleted all the same; nobody can prove what was in it.
                let Ok((sha256, bytes)) = digest(&path) else { continue };
                all.push(Content { kind, sha256, bytes });
            }
        }
        Ok(Contents::new(all))
    }

    /// All files in it, those of the work among them.
    pub(super) fn count(&self) -> u64 {
        count(&self.path)
    }

    /// Whether anything was brought or made that lies there still.
    pub(super) fn holds_anything(&self) -> bool {
        let entries = fs_err::read_dir(&self.path).into_iter().flatten().filter_map(Result::ok);
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).any(|part| count(&part.path()) > 0)
    }

    /// Removes it with all that is in it. One that is not there is removed.
    pub(super) fn remove(&self) -> Result<(), Error> {
        match fs_err::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file(&self.path)(error)),
            _ => Ok(()),
        }
    }
}

/// All files in a folder and below it.
fn count(folder: &Path) -> u64 {
    let entries = fs_err::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let of = |entry: fs_err::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => count(&entry.path()),
        _ => 1,
    };
    entries.map(of).sum()
}

/// A folder that is empty, whatever was in it.
pub(super) fn emptied(path: &Path) -> Result<(), Error> {
    match fs_err::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::file(path)(error)),
        _ => {}
    }
    make_private(path)
}

/// Makes a folder that nobody else can look into.
pub(super) fn make_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(path).map_err(Error::file(path))
}

/// The files in a folder, in the order of their names.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut all = Vec::new();
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(all),
        Err(error) => return Err(Error::file(folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(Error::file(folder))?;
        // What is half written has a name that begins with a dot.
        if entry.file_type().is_ok_and(|kind| kind.is_file()) && !entry.file_name().to_string_lossy().starts_with('.') {
            all.push(entry.path());
        }
    }
    all.sort();
    Ok(all)
}

fn digest(path: &Path) -> Result<(Sha256, u64), Error> {
    let mut file = fs_err::File::open(path).map_err(Error::file(path))?;
    let mut hasher = sha2::Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = io::Read::read(&mut file, &mut buffer).map_err(Error::file(path))?;
        if read == 0 {
            return Ok((Sha256(hasher.finalize().into()), bytes));
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}
