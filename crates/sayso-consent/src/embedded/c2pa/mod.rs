//! C2PA manifest stores, as far as they speak of training and data mining.

mod cbor;
mod manifest;
mod training;

pub(super) use manifest::{assertions, is_manifest_store};
pub(super) use training::{UNREADABLE, canonical, read_training};
