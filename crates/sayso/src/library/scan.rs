use arrow_array::RecordBatch;
#[cfg(feature = "cluster")]
use sayso_dataset::Dataset;
use sayso_dataset::DatasetError;

use super::Shelf;

impl Shelf {
    /// Hands out these columns of all samples of the dataset, in the order of its rows, a batch at a time. Whoever counts all
    /// samples by reading them does so here, so that what is a sample and what is not is decided in one place.
    pub(crate) fn each_sample(
        &self,
        columns: &[&str],
        mut take: impl FnMut(&RecordBatch) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        self.dataset.scan(columns, |_, batch| take(batch))
    }
}

/// The same of one shard, by whoever has no indexes at hand: it counts a part of the samples for somebody else.
#[cfg(feature = "cluster")]
pub(crate) fn each_sample_of(
    dataset: &Dataset,
    shard: u32,
    columns: &[&str],
    take: impl FnMut(&RecordBatch) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    dataset.scan_shard(shard, columns, take)
}
