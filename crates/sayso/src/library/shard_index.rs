use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use arrow_array::{Array, RecordBatch};
use sayso_core::Uid;
use sayso_dataset::FEATURES;
use sayso_index::{ColumnName, FacetPartWriter, TextIndexOptions, TextPart, TextPartWriter, write_uids};
use serde::{Deserialize, Serialize};

use super::facet_rows::{FacetColumns, add_facets, further_columns};
use super::index_texts::{add_uids, each_text, indexed_columns};
use super::open::{text_index_dir, uid_index_dir};
use crate::Error;

/// Indexes one shard while it is written, wherever that is: its texts and uids for good, what is counted for whoever puts the
/// counts of all shards together.
pub(crate) struct ShardIndexer {
    text: TextPartWriter,
    facets: FacetPartWriter,
    facets_path: PathBuf,
    /// The columns of an imported table that are counted; not known before the first batch comes.
    further: Option<Vec<ColumnName>>,
    has_pictures: bool,
    uids: Vec<(Uid, u32)>,
    uid_dir: PathBuf,
    shard: u32,
}

/// What was indexed of a shard.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ShardIndex {
    pub(crate) text: TextPart,
    /// Whether any of its samples has a perceptual hash or features: those are indexed of all shards together.
    pub(crate) has_pictures: bool,
}

impl ShardIndexer {
    /// Starts the indexes of a shard in the folder `dir`, where they lie as they do in a dataset, but for what is counted: that is
    /// [`Self::facets`].
    pub(crate) fn create(dir: &Path, shard: u32, memory_bytes: usize) -> Result<Self, Error> {
        // One thread: where parts are cut follows from the memory alone, whoever does it.
        let options = TextIndexOptions { memory_bytes, threads: NonZeroUsize::MIN };
        let text = TextPartWriter::create(&text_index_dir(dir), shard, options)?;
        let facets_path = dir.join(Self::facets(shard));
        Ok(Self {
            text,
            facets: FacetPartWriter::create(&facets_path)?,
            facets_path,
            further: None,
            has_pictures: false,
            uids: Vec::new(),
            uid_dir: uid_index_dir(dir),
            shard,
        })
    }

    /// Where in that folder lies what was counted of a shard.
    pub(crate) fn facets(shard: u32) -> String {
        format!("{shard:05}.facets")
    }

    /// Adds the next samples of the shard.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let columns = indexed_columns(batch)?;
        let first = add_uids(&mut self.uids, batch)?;
        let further = match &mut self.further {
            Some(further) => further,
            None => {
                let further = further_columns(&batch.schema());
                self.facets.with_columns(&further, sayso_caption::mask)?;
                self.further.insert(further)
            }
        };
        let known = FacetColumns::of(batch, further)?;
        add_facets(&known, &columns, |row| self.facets.add(row))?;
        let pictures = ["pdq", FEATURES].into_iter().filter_map(|name| batch.column_by_name(name));
        self.has_pictures |= pictures.into_iter().any(|column| column.null_count() < column.len());
        let text = &mut self.text;
        each_text(self.shard, first, &columns, &known, |sample| text.add(sample))
    }

    /// Completes the files.
    pub(crate) fn finish(mut self) -> Result<ShardIndex, Error> {
        write_uids(&self.uid_dir, self.shard, &mut self.uids)?;
        self.facets.finish(&self.facets_path)?;
        Ok(ShardIndex { text: self.text.finish()?, has_pictures: self.has_pictures })
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
