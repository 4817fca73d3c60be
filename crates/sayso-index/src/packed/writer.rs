use std::io;
use std::path::{Path, PathBuf};

use super::file::pack;
use super::{TextPart, name_of};
use crate::build::{TextIndexOptions, TextIndexWriter};
use crate::error::IndexError;
use crate::mark::SnapshotId;
use crate::sample::IndexedSample;

/// Writes the part of a text index that holds the samples of one shard, as one file.
///
/// With one thread and the same memory the same samples give the same bytes, whoever writes them.
#[derive(Debug)]
pub struct TextPartWriter {
    writer: TextIndexWriter,
    /// The engine's files, until they are packed.
    loose: PathBuf,
    dir: PathBuf,
    shard: u32,
    documents: u64,
}

impl TextPartWriter {
    /// Starts the part of this shard in the folder `dir`. Until it is finished the engine's files lie beside it.
    pub fn create(dir: &Path, shard: u32, options: TextIndexOptions) -> Result<Self, IndexError> {
        fs_err::create_dir_all(dir)?;
        let loose = dir.join(format!("{shard:05}.loose"));
        remove(&loose)?;
        let writer = TextIndexWriter::create(&loose, options)?;
        Ok(Self { writer, loose, dir: dir.to_owned(), shard, documents: 0 })
    }

    /// Adds one sample of the shard, behind all that were added before.
    pub fn add(&mut self, sample: &IndexedSample<'_>) -> Result<(), IndexError> {
        if sample.shard != self.shard {
            return Err(IndexError::Order { shard: sample.shard, row: sample.row });
        }
        self.documents += 1;
        self.writer.add(sample)
    }

    /// Completes the file.
    pub fn finish(self) -> Result<TextPart, IndexError> {
        // The snapshot is not known yet; nothing of this name is packed.
        self.writer.finish(SnapshotId(String::new()))?;
        let file = name_of(self.shard, self.shard);
        let bytes = pack(&self.loose, &self.dir.join(&file))?;
        remove(&self.loose)?;
        Ok(TextPart { file, documents: self.documents, bytes })
    }
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs_err::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
