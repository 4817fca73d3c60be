//! A dataset on disk: shards of samples in Parquet, exclusions, snapshots and their manifests.
//!
//! The format is written down in `docs/specs/dataset.md`. Shards never change once a manifest names them; a
//! manifest is written whole or not at all, and `CURRENT` names the newest.

mod dataset;
mod durable;
mod error;
mod exclusions;
mod foreign;
mod instants;
mod listing;
mod manifest;
mod merkle;
mod pick;
mod removed;
mod retire;
mod rows;
mod schema;
mod shard;
mod stamp;
mod superseded;
mod table;
mod tombstones;

pub use dataset::Dataset;
pub use durable::{remove_if_there, sync_folder, write_atomically};
pub use error::DatasetError;
pub use exclusions::{ExclusionWriter, exclusion_schema, read_exclusions};
pub use foreign::{Cell, ForeignBatches, ForeignRows, ForeignTable};
pub use instants::writable;
pub use listing::ListedTable;
pub use manifest::{FileEntry, MANIFEST_VERSION, Manifest};
pub use retire::{remove_unlisted, retire};
pub use rows::{IndexedColumns, index_columns};
pub use schema::{
    FEATURES, OF_FETCHING, PictureColumns, SampleBatchBuilder, SampleColumns, reasons_json, sample_schema,
};
pub use shard::ShardWriter;
pub use stamp::Stamp;
pub use superseded::remove_superseded;
pub use table::read_table;
pub use tombstones::{Tombstone, url_uid, write_tombstones};
