use arrow_array::RecordBatch;
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
