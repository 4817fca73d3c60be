use std::io::Read;
use std::path::{Path, PathBuf};

use sayso_core::Pdq;
use sayso_picture::PictureFormat;

use super::fault::{MatchFault, MatchFaultKind};
use super::hashes;
use super::own::OwnPicture;
use crate::Error;
use crate::pictures::PICTURE_LIMITS;
use crate::signals::read_into;

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchInput {
    /// A picture, a file of hashes, or a folder of pictures.
    Path(PathBuf),
    /// A picture or hashes that were read already, as from standard input.
    Bytes {
        /// What they are called.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A hash by itself.
    Hash(Pdq),
}

impl MatchInput {
    /// Reads all of `reader`, within the limit on a picture's file.
    pub fn read(name: &str, reader: impl Read) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        reader.take(PICTURE_LIMITS.file_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(Self::Bytes { name: name.to_owned(), bytes })
    }
}

/// Something that waits to be looked at.
#[derive(Debug)]
pub(super) enum Unit {
    /// A file, and whether somebody named it: what lies in a folder need not be a picture.
    File { path: PathBuf, is_named: bool },
    /// Bytes that are there already.
    Bytes { name: String, bytes: Vec<u8> },
    /// A hash by itself.
    Hash(Pdq),
    /// Something that cannot be looked at.
    Fault(MatchFault),
}

/// The units of all inputs, folders walked in the order of their names.
pub(super) struct Units {
    waiting: Vec<Waiting>,
}

enum Waiting {
    Folder(PathBuf),
    Unit(Unit),
}

impl Units {
    /// An input that is not there is an error before anything is looked at.
    pub(super) fn of(inputs: Vec<MatchInput>) -> Result<Self, Error> {
        let waiting = inputs.into_iter().map(|input| {
            Ok(match input {
                MatchInput::Path(path) if fs_err::metadata(&path).map_err(Error::file(&path))?.is_dir() => {
                    Waiting::Folder(path)
                }
                MatchInput::Path(path) => Waiting::Unit(Unit::File { path, is_named: true }),
                MatchInput::Bytes { name, bytes } => Waiting::Unit(Unit::Bytes { name, bytes }),
                MatchInput::Hash(pdq) => Waiting::Unit(Unit::Hash(pdq)),
            })
        });
        let mut waiting: Vec<Waiting> = waiting.collect::<Result<_, Error>>()?;
        waiting.reverse();
        Ok(Self { waiting })
    }
}

impl Iterator for Units {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        // A stack instead of recursion: folders may lie in one another as deep as they like.
        loop {
            match self.waiting.pop()? {
                Waiting::Unit(unit) => return Some(unit),
                Waiting::Folder(path) => match list(&path) {
                    Ok(entries) => self.waiting.extend(entries.into_iter().rev()),
                    Err(error) => {
                        let place = path.display().to_string();
                        let message = error.to_string();
                        return Some(Unit::Fault(MatchFault { kind: MatchFaultKind::Unreadable, place, message }));
                    }
                },
            }
        }
    }
}

/// What lies in a folder, in the order of names. A link to a file is that file; one to a folder may lead in circles.
fn list(folder: &Path) -> std::io::Result<Vec<Waiting>> {
    let mut entries = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.file_name(), entry.path(), entry.file_type()?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let waiting = entries.into_iter().filter_map(|(_, path, kind)| {
        if kind.is_dir() {
            return Some(Waiting::Folder(path));
        }
        let is_file = kind.is_file() || kind.is_symlink() && path.is_file();
        if is_file {
            return Some(Waiting::Unit(Unit::File { path, is_named: false }));
        }
        // A pipe, a socket, a device: reading it may never end.
        kind.is_symlink().then(|| {
            let message = "a link to a folder, or to nothing, is not followed".to_owned();
            Waiting::Unit(Unit::Fault(MatchFault {
                kind: MatchFaultKind::Link,
                place: path.display().to_string(),
                message,
            }))
        })
    });
    Ok(waiting.collect())
}

/// What a unit holds: pictures by name, faults; nothing where it is a file of another kind. And its bytes.
pub(super) fn pictures(unit: Unit) -> (hashes::Hashes, Vec<u8>) {
    match unit {
        Unit::Fault(fault) => (vec![Err(fault)], Vec::new()),
        Unit::Hash(pdq) => (vec![Ok((pdq.to_string(), OwnPicture::of_hash(pdq, None)))], Vec::new()),
        Unit::Bytes { name, bytes } => (of_bytes(name, &bytes, true), bytes),
        Unit::File { path, is_named } => {
            let name = path.display().to_string();
            let mut bytes = Vec::new();
            match read_into(&path, PICTURE_LIMITS.file_bytes.saturating_add(1), &mut bytes) {
                Ok(()) => (of_bytes(name, &bytes, is_named), bytes),
                Err(error) => {
                    let fault =
                        MatchFault { kind: MatchFaultKind::Unreadable, place: name, message: error.to_string() };
                    (vec![Err(fault)], bytes)
                }
            }
        }
    }
}

fn of_bytes(name: String, bytes: &[u8], is_named: bool) -> hashes::Hashes {
    if PictureFormat::of(bytes).is_none() && !is_named_like_a_picture(&name) {
        let hashes = std::str::from_utf8(bytes).ok().filter(|_| is_named).and_then(|text| hashes::read(text, &name));
        if let Some(hashes) = hashes {
            return hashes;
        }
        if !is_named {
            return Vec::new();
        }
    }
    vec![match OwnPicture::of_bytes(bytes, &PICTURE_LIMITS) {
        Ok(own) => Ok((name, own)),
        Err(fault) => {
            Err(MatchFault { kind: MatchFaultKind::Picture(fault.kind), place: name, message: fault.message })
        }
    }]
}

/// Whether somebody who looks at the name expects a picture.
fn is_named_like_a_picture(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp"].contains(&ending.as_str())
}
