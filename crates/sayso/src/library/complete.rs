use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use sayso_dataset::Dataset;
use sayso_index::join_text_parts;

use super::facet_rows::further_columns;
use super::index::facet_writer;
use super::open::{snapshot_id, text_index_dir};
use super::picture_indexes::{PICTURE_COLUMNS, PictureIndexes};
use super::shard_index::ShardIndex;
use crate::Error;

/// Puts the indexes of a dataset together whose shards were indexed where they were written: for each of them, what was indexed
/// and where lies what was counted.
pub(crate) fn complete_index(
    dir: &Path,
    shards: Vec<(ShardIndex, PathBuf)>,
    memory_bytes: usize,
    threads: NonZeroUsize,
) -> Result<(), Error> {
    let dataset = Dataset::open(dir)?;
    let snapshot = snapshot_id(dataset.manifest());
    let mut facets = facet_writer(dir)?;
    facets.with_columns(&further_columns(&dataset.schema()), sayso_caption::mask)?;
    let (mut texts, mut has_pictures) = (Vec::new(), false);
    for (shard, counted) in shards {
        facets.add_part(&counted)?;
        has_pictures |= shard.has_pictures;
        texts.push(shard.text);
    }
    facets.finish(snapshot.clone())?;
    let mut pictures = PictureIndexes::create(dir, memory_bytes)?;
    if has_pictures {
        add_pictures(&dataset, &mut pictures)?;
    }
    pictures.finish(&snapshot)?;
    crate::vectors::rebuild(&dataset, memory_bytes, threads)?;
    // The text index is completed last: whoever finds it there finds all.
    Ok(join_text_parts(&text_index_dir(dir), texts, snapshot)?)
}

fn add_pictures(dataset: &Dataset, pictures: &mut PictureIndexes) -> Result<(), Error> {
    let (mut failed, mut at) = (None, (0, 0));
    dataset.scan_all(&PICTURE_COLUMNS, |shard, batch| {
        if at.0 != shard {
            at = (shard, 0);
        }
        if let Err(error) = pictures.add(shard, at.1, batch) {
            failed.get_or_insert(error);
        }
        at.1 += u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
        Ok(())
    })?;
    failed.map_or(Ok(()), Err)
}
