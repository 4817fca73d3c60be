use std::env;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sayso_registry::log::{KeyKind, SigningKey};
use sayso_registry::{Randomness, SystemRandomness};

use crate::Error;

/// Where the key lies by which a builder signs what is in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuilderKey {
    file: PathBuf,
}

/// Bytes of a key's file.
const KEY_BYTES: u64 = 4096;

impl BuilderKey {
    /// The key in a file, or in that of whoever runs the program: `$XDG_CONFIG_HOME/sayso/builder.key`, `~/.config/sayso/builder.key`
    /// where that is not set.
    pub fn at(file: Option<&Path>) -> Result<Self, Error> {
        if let Some(file) = file {
            return Ok(Self { file: file.to_owned() });
        }
        // The XDG base directory specification: what is not absolute is as if it were not set.
        let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
        let folder = folder.ok_or_else(|| Error::Input {
            input: "builder.key".to_owned(),
            message: "neither XDG_CONFIG_HOME nor HOME says where it lies\nhint: name the file with --key".to_owned(),
        })?;
        Ok(Self { file: folder.join("sayso").join("builder.key") })
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether it is there.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.file.exists()
    }

    /// Opens the key. One that others can read is refused, and one that lies in a dataset: who hands out the dataset would
    /// hand out the key.
    pub fn open(&self) -> Result<SigningKey, Error> {
        self.refuse_datasets()?;
        let file = fs_err::File::open(&self.file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => self.refused("there is none\nhint: make one with `sayso key make`"),
            _ => Error::file(&self.file)(error),
        })?;
        let mode = file.metadata().map_err(Error::file(&self.file))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(self.refused("others may read it\nhint: chmod 600, and make a new one if somebody may have"));
        }
        let mut text = String::new();
        file.take(KEY_BYTES).read_to_string(&mut text).map_err(Error::file(&self.file))?;
        let key: SigningKey = text.parse()?;
        if key.public().kind() == KeyKind::Ed25519 { Ok(key) } else { Err(self.refused("it is a witness's")) }
    }

    /// Makes the key, under a name that is part of all that it signs, such as the builder's domain with a path. What is there
    /// is never replaced: without it nobody can sign as before.
    pub fn make(&self, name: Option<&str>) -> Result<SigningKey, Error> {
        self.refuse_datasets()?;
        let mut random = [0; 4];
        SystemRandomness.fill(&mut random)?;
        let number = u32::from_be_bytes(random);
        let name = name.map_or_else(|| format!("builder.invalid/{number:08x}"), str::to_owned);
        let mut seed = [0; 32];
        SystemRandomness.fill(&mut seed)?;
        let key = SigningKey::new(&name, KeyKind::Ed25519, &seed)?;
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
        // Written aside and then linked: the key is there whole or not at all, and the second of two who make it is told.
        let mut aside = self.file.as_os_str().to_owned();
        aside.push(format!(".{number:08x}.tmp"));
        let aside = PathBuf::from(aside);
        let write = || {
            let mut file = fs_err::OpenOptions::new();
            file.write(true).create_new(true);
            fs_err::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
            let mut file = file.open(&aside)?;
            writeln!(file, "{}", key.secret_text())?;
            file.sync_all()?;
            fs_err::hard_link(&aside, &self.file)?;
            fs_err::File::open(folder)?.sync_all()
        };
        let written = write();
        let _ = std::fs::remove_file(&aside);
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(self.refused("there is one already, which is not replaced\nhint: `sayso key show` shows it"))
            }
            Err(error) => Err(Error::file(&self.file)(error)),
            Ok(()) => Ok(key),
        }
    }

    /// Opens the key, or makes it where none is.
    pub fn open_or_make(&self, name: Option<&str>) -> Result<SigningKey, Error> {
        if self.is_there() { self.open() } else { self.make(name) }
    }

    fn refuse_datasets(&self) -> Result<(), Error> {
        let folder = std::path::absolute(&self.file).map_err(Error::file(&self.file))?;
        // Where a link leads counts, too.
        let real = folder.parent().and_then(|folder| folder.canonicalize().ok());
        let is_dataset = |folder: &Path| folder.join("CURRENT").is_file();
        let above = folder.ancestors().skip(1).chain(real.as_deref().into_iter().flat_map(Path::ancestors));
        match above.into_iter().find(|folder| is_dataset(folder)) {
            Some(_) => Err(self.refused(
                "it lies in a dataset, and would be handed out with it\nhint: keep it elsewhere, and name it with --key",
            )),
            None => Ok(()),
        }
    }

    fn refused(&self, why: &str) -> Error {
        Error::Input { input: self.file.display().to_string(), message: why.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::os::unix::fs::PermissionsExt;

    use super::BuilderKey;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let place = BuilderKey::at(Some(&dir.path().join("deep/builder.key"))).unwrap();
        assert!(place.open().unwrap_err().to_string().contains("hint: make one with `sayso key make`"));
        let key = place.make(Some("builder.example")).unwrap();
        assert_eq!(place.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(place.open().unwrap().public(), key.public());
        assert_eq!(place.open_or_make(None).unwrap().public(), key.public());
        assert!(place.make(None).unwrap_err().to_string().contains("which is not replaced"));
        assert_eq!(std::fs::read_dir(dir.path().join("deep")).unwrap().count(), 1, "nothing is left aside");
        std::fs::set_permissions(place.file(), std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(place.open().unwrap_err().to_string().contains("others may read it"));
    }

    #[test]
    fn no_key_lies_in_a_dataset() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("set/keys")).unwrap();
        std::fs::write(dir.path().join("set/CURRENT"), "manifest-000001.json\n").unwrap();
        std::os::unix::fs::symlink(dir.path().join("set/keys"), dir.path().join("link")).unwrap();
        for file in ["set/builder.key", "set/keys/builder.key", "link/builder.key"] {
            let place = BuilderKey::at(Some(&dir.path().join(file))).unwrap();
            for error in [place.make(None).unwrap_err(), place.open().unwrap_err()] {
                assert!(error.to_string().contains("it lies in a dataset"), "{file}: {error}");
            }
        }
        assert_eq!(std::fs::read_dir(dir.path().join("set/keys")).unwrap().count(), 0);
    }
}
