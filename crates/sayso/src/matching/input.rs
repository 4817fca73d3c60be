use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use sayso_core::Pdq;
use sayso_picture::PictureFormat;

use super::fault::{MatchFault, MatchFaultKind};
use super::hashes;
use super::own::OwnPicture;
use crate::Error;
use crate::check::sidecar::read_extent;
use crate::check::source::{self, Extent, is_named_like_a_picture};
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
    /// A picture in a tar.
    Member { tar: Arc<Path>, name: String, extent: Extent },
    /// Bytes that are there already.
    Bytes { name: String, bytes: Vec<u8> },
    /// A hash by itself.
    Hash(Pdq),
    /// Something that cannot be looked at.
    Fault(MatchFault),
}

/// The units of all inputs, folders and tars walked in the order of their names, a few ahead of who takes them.
pub(super) struct Units {
    found: Receiver<Unit>,
}

/// Units that are found before they are taken.
const AHEAD: usize = 64;

impl Units {
    /// An input that is not there is an error before anything is looked at.
    pub(super) fn of(inputs: Vec<MatchInput>) -> Result<Self, Error> {
        for input in &inputs {
            if let MatchInput::Path(path) = input {
                fs_err::metadata(path).map_err(Error::file(path))?;
            }
        }
        let (send, found) = sync_channel(AHEAD);
        // The walk goes from folder to folder by itself and is bounded by who takes; it ends when nobody does any more.
        std::thread::spawn(move || {
            let mut emit = |unit| match send.send(unit) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            let _ = inputs.into_iter().try_for_each(|input| find(input, &mut emit));
        });
        Ok(Self { found })
    }
}

impl Iterator for Units {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        self.found.recv().ok()
    }
}

/// About how many pictures the inputs hold, by the names of their files: what is left to do can be told by it.
#[must_use]
pub fn count_inputs(inputs: &[MatchInput]) -> u64 {
    let mut count = 0;
    for input in inputs {
        let _ = find(input.clone(), &mut |unit| {
            count += match &unit {
                Unit::File { path, is_named } => {
                    u64::from(*is_named || path.to_str().is_some_and(is_named_like_a_picture))
                }
                Unit::Member { name, .. } => u64::from(is_named_like_a_picture(name)),
                Unit::Bytes { .. } | Unit::Hash(_) => 1,
                Unit::Fault(_) => 0,
            };
            ControlFlow::Continue(())
        });
    }
    count
}

fn find(input: MatchInput, emit: &mut dyn FnMut(Unit) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut found = |unit| match unit {
        source::Unit::File { path, .. } => emit(Unit::File { path, is_named: false }),
        source::Unit::Member { tar, name, extent, .. } => emit(Unit::Member { tar, name, extent }),
        source::Unit::Fault(fault) => emit(Unit::Fault(fault.into())),
        // What is neither a picture nor was named by anybody is no concern here.
        source::Unit::Row(_) | source::Unit::Url(_) | source::Unit::Other => ControlFlow::Continue(()),
    };
    match input {
        MatchInput::Path(path) if path.is_dir() => source::walk(&path, None, &mut found),
        MatchInput::Path(path) if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tar")) => {
            source::members(&path, &mut found)
        }
        MatchInput::Path(path) => emit(Unit::File { path, is_named: true }),
        MatchInput::Bytes { name, bytes } => emit(Unit::Bytes { name, bytes }),
        MatchInput::Hash(pdq) => emit(Unit::Hash(pdq)),
    }
}

/// What a unit holds: pictures by name, faults; nothing where it is a file of another kind. And its bytes.
pub(super) fn pictures(unit: Unit) -> (hashes::Hashes, Vec<u8>) {
    match unit {
        Unit::Fault(fault) => (vec![Err(fault)], Vec::new()),
        Unit::Hash(pdq) => (vec![Ok((pdq.to_string(), OwnPicture::of_hash(pdq, None)))], Vec::new()),
        Unit::Bytes { name, bytes } => (of_bytes(name, &bytes, true), bytes),
        Unit::Member { tar, name, extent } => {
            let place = format!("{}: {name}", tar.display());
            let mut bytes = Vec::new();
            match read_extent(&tar, extent, PICTURE_LIMITS.file_bytes.saturating_add(1), &mut bytes) {
                Ok(()) => (of_bytes(place, &bytes, false), bytes),
                Err(error) => (vec![Err(MatchFault::unreadable(place, &error))], bytes),
            }
        }
        Unit::File { path, is_named } => {
            let name = path.display().to_string();
            let mut bytes = Vec::new();
            match read_into(&path, PICTURE_LIMITS.file_bytes.saturating_add(1), &mut bytes) {
                Ok(()) => (of_bytes(name, &bytes, is_named), bytes),
                Err(error) => (vec![Err(MatchFault::unreadable(name, &error))], bytes),
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
