use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use sayso_core::Features;

use super::mark::{Mark, part_name};
use super::part_writer::PartBuilder;
use crate::build::Partial;
use crate::error::IndexError;
use crate::mark::SnapshotId;

/// Keypoints of a part: 256 MiB while they are sorted. Not an option, so that the files depend on the features alone.
const PART_KEYPOINTS: usize = 8 << 20;

/// Builds the feature index of a snapshot, in a folder beside its place, and moves it there when it is complete.
///
/// A writer that is dropped before [`FeatureIndexWriter::finish`] leaves nothing behind.
pub struct FeatureIndexWriter {
    dir: PathBuf,
    partial: Partial,
    part: PartBuilder,
    parts: u32,
    pictures: u64,
    keypoints: u64,
}

impl FeatureIndexWriter {
    /// Starts an index that [`FeatureIndexWriter::finish`] will put at `dir`, in place of the one that is there.
    pub fn create(dir: &Path) -> Result<Self, IndexError> {
        let partial = Partial::create(dir)?;
        Ok(Self { dir: dir.to_owned(), partial, part: PartBuilder::default(), parts: 0, pictures: 0, keypoints: 0 })
    }

    /// Starts an index that has all that the one at `dir` has, and what is added. What is there is not written again.
    pub fn append(dir: &Path) -> Result<Self, IndexError> {
        let mark = Mark::read(dir)?;
        let mut writer = Self::create(dir)?;
        for name in (0..mark.parts).map(part_name) {
            let (from, to) = (dir.join(&name), writer.partial.dir.join(&name));
            // A part never changes, so another name for it is enough, where the file system has such.
            if fs_err::hard_link(&from, &to).is_err() {
                fs_err::copy(from, to)?;
            }
        }
        (writer.parts, writer.pictures, writer.keypoints) = (mark.parts, mark.pictures, mark.keypoints);
        Ok(writer)
    }

    /// Adds the features of the picture of one sample. Of a picture without any nothing is kept.
    pub fn add(&mut self, shard: u32, row: u32, features: &Features) -> Result<(), IndexError> {
        if features.keypoints().is_empty() {
            return Ok(());
        }
        self.pictures += 1;
        self.keypoints += features.keypoints().len() as u64;
        self.part.add(shard, row, features);
        if self.part.keypoints() >= PART_KEYPOINTS { self.write_part() } else { Ok(()) }
    }

    fn write_part(&mut self) -> Result<(), IndexError> {
        let mut file = BufWriter::new(fs_err::File::create(self.partial.dir.join(part_name(self.parts)))?);
        self.part.write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.parts += 1;
        Ok(())
    }

    /// Completes the index and moves it into place.
    pub fn finish(mut self, snapshot: SnapshotId) -> Result<(), IndexError> {
        if self.part.keypoints() > 0 {
            self.write_part()?;
        }
        Mark::new(snapshot, self.pictures, self.keypoints, self.parts).write(&self.partial.dir)?;
        Ok(self.partial.move_to(&self.dir)?)
    }
}
