//! C2PA manifest stores, as far as they speak of training and data mining.

mod cbor;
mod manifest;
mod training;

pub(super) use manifest::{assertions, is_manifest_store};
pub use training::{TRAINING_MINING, training_entries};
pub(super) use training::{UNREADABLE, canonical, read_training};
