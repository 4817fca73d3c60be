use std::io::Write as _;
use std::path::{Path, PathBuf};

use sayso_registry::{Randomness, SystemRandomness};

use super::certificate::key_and_chain;
use crate::Error;

/// A key for credentials that is made at first use, and the certificate that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalKey {
    pub(super) key: PathBuf,
    pub(super) chain: PathBuf,
    /// Whether it was made now.
    pub(super) is_new: bool,
}

impl LocalKey {
    /// The key in a folder, or in that of whoever runs the program: `$XDG_CONFIG_HOME/sayso/credentials`, `~/.config/…` where that is
    /// not set. It is made where none is.
    pub(super) fn open_or_make(folder: Option<&Path>) -> Result<Self, Error> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => own_folder()?,
        };
        let at = Self { key: folder.join("signer.key.pem"), chain: folder.join("signer.chain.pem"), is_new: false };
        match (at.key.exists(), at.chain.exists()) {
            (true, true) => {
                at.refuse_open_to_others()?;
                Ok(at)
            }
            (false, false) => {
                at.make(&folder)?;
                Ok(Self { is_new: true, ..at })
            }
            (is_key, _) => {
                let message = format!(
                    "of the local key for credentials, only {} is there\nhint: put the other back, or remove both for a new one",
                    if is_key { "the key" } else { "the certificate" }
                );
                Err(Error::Input { input: folder.display().to_string(), message })
            }
        }
    }

    fn make(&self, folder: &Path) -> Result<(), Error> {
        let mut random = [[0; 32]; 3];
        for part in &mut random {
            SystemRandomness.fill(part)?;
        }
        let [seed, authority, serials] = random;
        let made = key_and_chain(&seed, &authority, &serials);
        fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
        // The chain comes first: a key without one could not be used, and the next run would have to ask.
        self.put(folder, &self.chain, &made.chain)?;
        self.put(folder, &self.key, &made.key)
    }

    /// A file for its owner alone, whole or not at all; two who make one at once are told.
    fn put(&self, folder: &Path, path: &Path, text: &str) -> Result<(), Error> {
        let written = tempfile::Builder::new().prefix(".sayso-").tempfile_in(folder).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path)?;
            Ok(())
        });
        written.map_err(Error::file(path))
    }

    #[cfg(unix)]
    fn refuse_open_to_others(&self) -> Result<(), Error> {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs_err::metadata(&self.key).map_err(Error::file(&self.key))?.permissions().mode();
        if mode & 0o077 == 0 {
            return Ok(());
        }
        let message = "others may read it\nhint: chmod 600, and remove it with its certificate for a new one if somebody may have";
        Err(Error::Input { input: self.key.display().to_string(), message: message.to_owned() })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as elsewhere")]
    fn refuse_open_to_others(&self) -> Result<(), Error> {
        Ok(())
    }
}

fn own_folder() -> Result<PathBuf, Error> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
    let folder = folder.ok_or_else(|| Error::Input {
        input: "the local key for credentials".to_owned(),
        message:
            "neither XDG_CONFIG_HOME nor HOME says where it lies\nhint: sign with a key of your own, or say --unsigned"
                .to_owned(),
    })?;
    Ok(folder.join("sayso").join("credentials"))
}
