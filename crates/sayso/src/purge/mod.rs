//! Purge: what was taken out of a dataset leaves its files, too.
//!
//! Shards that still hold removed rows are written anew without them, and so are the vectors of samples that are there no more;
//! the indexes are built anew. Then older snapshots go, with every file that they alone list, and what lies beside the dataset
//! and may quote a sample: rows kept aside, examples in reports, journals of what was interrupted.

mod beside;
mod report;
mod run;
mod shards;

pub use report::PurgeReport;
pub use run::{PurgeOptions, purge};
