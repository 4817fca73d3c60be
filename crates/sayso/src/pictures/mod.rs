//! Somebody's own pictures, found in files, folders and tars, decoded within limits and looked at by many threads.
//!
//! Nothing leaves the machine here: what is made of a picture can be sent somewhere else instead of the picture.

pub(crate) mod batch;
mod bytes;
mod run;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

pub use run::{Sink, Work, each_picture};
use sayso_picture::{PictureFault, PictureLimits};

use crate::check::{Fault, Origin};

/// The limits of pictures from anywhere, one's own and those of strangers; `docs/reference/limits.md` names them.
///
/// Where bytes come from elsewhere than from a file, how many of them are taken is limited there, and what is decoded is as
/// here: what is found of a picture must not depend on which way it came.
pub const PICTURE_LIMITS: PictureLimits =
    PictureLimits { file_bytes: 64 << 20, side_pixels: 30_000, area_pixels: 64_000_000, decoded_bytes: 512 << 20 };

/// Where to look for pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureInput {
    /// A picture, a tar with pictures, or a folder of both.
    Path(PathBuf),
    /// One picture's bytes, from standard input or elsewhere, read up to the limit and a byte beyond.
    Bytes {
        /// What it is called in answers.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// How to look at pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureOptions {
    /// Threads that look.
    pub threads: NonZeroUsize,
    /// The limits of decoding.
    pub limits: PictureLimits,
}

/// Where a picture stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PicturePlace {
    /// In a file, or in a tar.
    Found(Origin),
    /// In bytes that were given.
    Given(String),
}

impl PicturePlace {
    /// The file, or the tar.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Found(Origin::File(path)) => Some(path),
            Self::Found(Origin::Member { tar, .. }) => Some(tar),
            Self::Found(Origin::Row { .. } | Origin::Url(_)) | Self::Given(_) => None,
        }
    }

    /// The name in the tar.
    #[must_use]
    pub fn member(&self) -> Option<&str> {
        match self {
            Self::Found(Origin::Member { name, .. }) => Some(name),
            Self::Found(_) | Self::Given(_) => None,
        }
    }
}

impl std::fmt::Display for PicturePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Found(origin) => origin.fmt(f),
            Self::Given(name) => f.write_str(name),
        }
    }
}

/// A picture that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked<T> {
    /// Where it stands.
    pub place: PicturePlace,
    /// What was made of it.
    pub made: T,
}

/// Something that gave no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPicture {
    /// The stable name of what kind of wrong, one of [`FaultKind`](crate::check::FaultKind) or
    /// [`PictureFaultKind`](sayso_picture::PictureFaultKind).
    pub kind: &'static str,
    /// The kind for people: behind a number it can be read as "so many times".
    pub in_words: &'static str,
    /// Where: a file, a folder, a member of a tar.
    pub place: String,
    /// What is wrong there, in words.
    pub message: String,
}

impl BadPicture {
    fn of(place: &PicturePlace, fault: PictureFault) -> Self {
        let PictureFault { kind, message } = fault;
        Self { kind: kind.as_str(), in_words: kind.in_words(), place: place.to_string(), message }
    }
}

impl From<Fault> for BadPicture {
    fn from(fault: Fault) -> Self {
        let Fault { kind, place, message } = fault;
        Self { kind: kind.as_str(), in_words: kind.in_words(), place, message }
    }
}

/// Bad pictures of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPictures {
    /// The kind for people.
    pub in_words: &'static str,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<BadPicture>,
}

/// What was found, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PictureSummary {
    /// Pictures that could be looked at.
    pub pictures: u64,
    /// Files that are none.
    pub others: u64,
    /// What was wrong, by the stable name of its kind.
    pub bad: BTreeMap<&'static str, BadPictures>,
}

/// How many bad pictures of a kind are kept with their places.
const EXAMPLES: usize = 10;

impl PictureSummary {
    fn add(&mut self, bad: BadPicture) {
        let new = BadPictures { in_words: bad.in_words, count: 0, examples: Vec::new() };
        let known = self.bad.entry(bad.kind).or_insert(new);
        known.count += 1;
        if known.examples.len() < EXAMPLES {
            known.examples.push(bad);
        }
    }
}
