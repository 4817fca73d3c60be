//! What is kept of pictures beside facts, in layouts that users of img2dataset know.

mod files;
mod forget;
mod member;
mod render;
mod resize;
mod store;
mod table;
mod tar;

use std::path::PathBuf;

use sayso_core::stable_names;

pub(crate) use forget::forget_refused;
pub(super) use forget::remember;
pub(super) use render::{KeptPicture, render};
pub use resize::ResizeMode;
pub(super) use store::{PartStore, open_folder};

/// What is kept of pictures, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepOptions {
    /// What.
    pub what: KeepWhat,
    /// In which layout.
    pub layout: KeepLayout,
    /// In which folder; a new or an empty one.
    pub folder: PathBuf,
}

/// What is kept of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepWhat {
    /// The file as it was sent.
    Originals,
    /// A JPEG of this size.
    Resized {
        /// Pixels of the side that the mode speaks of.
        side_pixels: u32,
        /// How it is made to fit.
        mode: ResizeMode,
    },
    /// A small JPEG, its longer side not above [`THUMBNAIL_PIXELS`].
    Thumbnails,
}

/// Pixels of the longer side of a thumbnail.
pub const THUMBNAIL_PIXELS: u32 = 256;

/// How kept pictures lie in their folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeepLayout {
    /// A tar for each shard, with picture, caption and metadata of a sample behind each other.
    Webdataset,
    /// A folder for each shard, with a file for each of them.
    Files,
}

stable_names!(KeepLayout, "layout", { Webdataset => "webdataset", Files => "files" });

impl KeepOptions {
    pub(super) fn wants_pixels(&self) -> bool {
        self.what != KeepWhat::Originals
    }

    /// What it is, in words that stand for nothing else.
    pub(super) fn in_words(&self) -> String {
        let what = match self.what {
            KeepWhat::Originals => "originals".to_owned(),
            KeepWhat::Resized { side_pixels, mode } => format!("resized {side_pixels} {mode}"),
            KeepWhat::Thumbnails => "thumbnails".to_owned(),
        };
        format!("{what} as {} in {}", self.layout, self.folder.display())
    }
}
