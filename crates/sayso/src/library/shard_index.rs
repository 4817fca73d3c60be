use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use sayso_core::Uid;
use sayso_index::{TextIndexOptions, TextPart, TextPartWriter, write_uids};

use super::facet_rows::FacetColumns;
use super::index_texts::{add_uids, each_text, indexed_columns};
use super::open::{text_index_dir, uid_index_dir};
use crate::Error;

/// Indexes the texts and uids of one shard while it is written, wherever that is. The other indexes are of all shards together.
pub(crate) struct ShardIndexer {
    text: TextPartWriter,
    uids: Vec<(Uid, u32)>,
    uid_dir: PathBuf,
    shard: u32,
}

impl ShardIndexer {
    /// Starts the indexes of a shard in the folder `dir`, where they lie as they do in a dataset.
    pub(crate) fn create(dir: &Path, shard: u32, memory_bytes: usize) -> Result<Self, Error> {
        // One thread: where parts are cut follows from the memory alone, whoever does it.
        let options = TextIndexOptions { memory_bytes, threads: NonZeroUsize::MIN };
        let text = TextPartWriter::create(&text_index_dir(dir), shard, options)?;
        Ok(Self { text, uids: Vec::new(), uid_dir: uid_index_dir(dir), shard })
    }

    /// Adds the next samples of the shard.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let columns = indexed_columns(batch)?;
        let first = add_uids(&mut self.uids, batch)?;
        let known = FacetColumns::of(batch, &[])?;
        let text = &mut self.text;
        each_text(self.shard, first, &columns, &known, |sample| text.add(sample))
    }

    /// Completes both files.
    pub(crate) fn finish(mut self) -> Result<TextPart, Error> {
        write_uids(&self.uid_dir, self.shard, &mut self.uids)?;
        Ok(self.text.finish()?)
    }

    /// Where the files of a shard's indexes lie in a dataset.
    pub(crate) fn files(shard: u32, text: &TextPart) -> [String; 2] {
        let path = |dir: PathBuf| dir.to_string_lossy().into_owned();
        [
            path(text_index_dir(Path::new("")).join(&text.file)),
            path(uid_index_dir(Path::new("")).join(format!("{shard:05}.uids"))),
        ]
    }
}
