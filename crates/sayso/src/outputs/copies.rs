use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso_core::{Pdq, Sha256};
use sayso_picture::{Hashed, Rgb, Spectrum, facts};

use crate::Error;
use crate::pictures::{PICTURE_LIMITS, PictureInput, PictureOptions, each_picture};
use crate::training::PictureFacts;

/// The pictures that a made one is compared with before it is written.
#[derive(Debug, Default)]
pub struct Against {
    pictures: Vec<(Pdq, Sha256, Option<String>)>,
    /// How many could not be compared with: too plain, or not to be read.
    uncompared: u64,
}

/// A picture of the training that a made one is a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyFound {
    /// The digest of its file.
    pub sha256: Sha256,
    /// In how many of 256 bits they differ.
    pub distance: u32,
    /// Where it lies, where that is known.
    pub place: Option<String>,
}

impl Against {
    /// Nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Adds the pictures of an adapter's lineage.
    pub fn add_pictures(&mut self, pictures: &[PictureFacts]) {
        for picture in pictures {
            match picture.pdq {
                Some(pdq) => self.pictures.push((pdq, picture.sha256, None)),
                None => self.uncompared += 1,
            }
        }
    }

    /// Adds all pictures of folders and tars.
    pub fn add_folders(
        &mut self,
        folders: &[PathBuf],
        threads: NonZeroUsize,
        interrupt: &AtomicBool,
    ) -> Result<(), Error> {
        let inputs: Vec<PictureInput> = folders.iter().cloned().map(PictureInput::Path).collect();
        let options = PictureOptions { threads, limits: PICTURE_LIMITS };
        let work = |bytes: &[u8]| facts(bytes, &PICTURE_LIMITS);
        each_picture(&inputs, &options, interrupt, &work, &mut |looked| {
            match looked {
                Ok(looked) => match looked.made.pdq.filter(Hashed::is_good) {
                    Some(hashed) => {
                        self.pictures.push((hashed.pdq, looked.made.sha256, Some(looked.place.to_string())));
                    }
                    None => self.uncompared += 1,
                },
                Err(_) => self.uncompared += 1,
            }
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    /// How many pictures are compared with.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    /// How many could not be compared with.
    #[must_use]
    pub const fn uncompared(&self) -> u64 {
        self.uncompared
    }

    /// The nearest of them, however far: what is within [`Pdq::NEAR`] is a copy. Turned and mirrored copies count. `None` where
    /// there is nothing to compare with, or where the picture is too plain to be compared.
    #[must_use]
    pub fn nearest(&self, picture: &Rgb) -> Option<CopyFound> {
        let spectrum = Spectrum::of_rgb(picture).filter(|spectrum| spectrum.hashed().is_good())?;
        let hashes = spectrum.hashes();
        let distance = |pdq: &Pdq| hashes.iter().map(|hash| hash.distance(pdq)).min().unwrap_or(u32::MAX);
        let nearest = self.pictures.iter().map(|(pdq, sha256, place)| (distance(pdq), sha256, place));
        let (distance, sha256, place) = nearest.min_by_key(|(distance, sha256, _)| (*distance, **sha256))?;
        Some(CopyFound { sha256: *sha256, distance, place: place.clone() })
    }
}

impl CopyFound {
    /// Whether it is near enough to be the same picture.
    #[must_use]
    pub const fn is_copy(&self) -> bool {
        self.distance <= Pdq::NEAR
    }
}
