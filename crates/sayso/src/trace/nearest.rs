use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::cast::AsArray;
use sayso_core::{Pdq, Sha256};
use sayso_dataset::Dataset;
use sayso_picture::{Hashed, facts};

use crate::Error;
use crate::pictures::{PICTURE_LIMITS, PictureInput, PictureOptions, each_picture};
use crate::training::PictureFacts;

/// How to look for near pictures.
#[derive(Debug, Clone, Copy)]
pub struct NearestOptions<'a> {
    /// What the picture looks like, in as many ways as it can lie.
    pub hashes: &'a [Pdq],
    /// The digest of its file.
    pub sha256: Sha256,
    /// How many are told.
    pub most: usize,
    /// Threads that look at pictures in folders.
    pub threads: NonZeroUsize,
}

/// A picture that is near.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// In how many of 256 bits they differ, turned and mirrored as it is nearest.
    pub distance: u32,
    /// Where it is: a file, an address, a place in an adapter's lineage.
    pub place: String,
    /// The digest of its file, in hexadecimal digits, where it is known.
    pub sha256: Option<String>,
}

impl Near {
    /// Whether it is the same picture, as far as a hash can tell.
    #[must_use]
    pub const fn is_copy(&self) -> bool {
        self.distance <= Pdq::NEAR
    }
}

/// The nearest of all that were offered.
#[derive(Debug)]
pub(super) struct Nearest<'a> {
    options: NearestOptions<'a>,
    near: Vec<Near>,
    pub(super) compared: u64,
    pub(super) faults: Vec<String>,
}

impl<'a> Nearest<'a> {
    pub(super) const fn new(options: NearestOptions<'a>) -> Self {
        Self { options, near: Vec::new(), compared: 0, faults: Vec::new() }
    }

    fn distance(&self, pdq: &Pdq) -> Option<u32> {
        self.options.hashes.iter().map(|hash| hash.distance(pdq)).min()
    }

    fn offer(&mut self, pdq: Option<Pdq>, sha256: Option<String>, place: impl FnOnce() -> String) {
        self.compared += 1;
        let is_same = sha256.as_ref().is_some_and(|digest| *digest == self.options.sha256.to_string());
        let distance = if is_same { Some(0) } else { pdq.and_then(|pdq| self.distance(&pdq)) };
        let Some(distance) = distance else { return };
        let is_full = self.near.len() >= self.options.most;
        if is_full && self.near.last().is_none_or(|last| last.distance <= distance) {
            return;
        }
        let near = Near { distance, place: place(), sha256 };
        let at = self.near.partition_point(|known| *known < near);
        self.near.insert(at, near);
        self.near.truncate(self.options.most);
    }

    pub(super) fn add_adapter(&mut self, name: &str, pictures: &[PictureFacts]) {
        for picture in pictures {
            self.offer(picture.pdq, Some(picture.sha256.to_string()), || format!("trained on, by {name}"));
        }
    }

    /// A dataset of Sayso's, or a folder of pictures.
    pub(super) fn add(&mut self, path: &Path, interrupt: &AtomicBool) -> Result<(), Error> {
        if path.join("CURRENT").is_file() {
            self.add_dataset(path, interrupt)
        } else {
            self.add_folder(path, interrupt)
        }
    }

    fn add_dataset(&mut self, dir: &Path, interrupt: &AtomicBool) -> Result<(), Error> {
        let dataset = Dataset::open(dir)?;
        let columns = ["url", "sha256", "pdq"];
        let known = dataset.columns();
        if !known.iter().any(|column| column == "pdq") {
            self.faults.push(format!("{} has no hashes of pictures: fetch them first", dir.display()));
            return Ok(());
        }
        dataset.scan(&columns, |_, batch| {
            if interrupt.load(Ordering::Relaxed) {
                return Ok(());
            }
            let column = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            let (urls, digests, hashes) = (column("url"), column("sha256"), column("pdq"));
            for row in 0..batch.num_rows() {
                let cell = |of: Option<&arrow_array::StringArray>| {
                    use arrow_array::Array as _;
                    of.filter(|of| of.is_valid(row)).map(|of| of.value(row).to_owned())
                };
                let pdq = cell(hashes).and_then(|hash| hash.parse().ok());
                let place = || format!("{} in {}", cell(urls).unwrap_or_default(), dir.display());
                self.offer(pdq, cell(digests), place);
            }
            Ok(())
        })?;
        if interrupt.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn add_folder(&mut self, folder: &Path, interrupt: &AtomicBool) -> Result<(), Error> {
        let options = PictureOptions { threads: self.options.threads, limits: PICTURE_LIMITS };
        let work = |bytes: &[u8]| facts(bytes, &PICTURE_LIMITS);
        each_picture(&[PictureInput::Path(folder.to_path_buf())], &options, interrupt, &work, &mut |looked| {
            match looked {
                Ok(looked) => {
                    let pdq = looked.made.pdq.filter(Hashed::is_good).map(|hashed| hashed.pdq);
                    self.offer(pdq, Some(looked.made.sha256.to_string()), || looked.place.to_string());
                }
                Err(bad) => self.faults.push(format!("{}: {}", bad.place, bad.message)),
            }
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    pub(super) fn finish(self) -> (Vec<Near>, u64, Vec<String>) {
        (self.near, self.compared, self.faults)
    }
}
