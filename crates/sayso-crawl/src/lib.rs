//! Reads the web's archives: WARC, WAT, WACZ and ARC become candidate pairs and signals.
//!
//! The parsers here do no I/O of their own: they are given bytes and say what they found and how far they got.
//! [`blocks`] cuts a stream into blocks that can be worked on apart from each other, [`extract_block`] makes
//! Arrow record batches of one block, and neither knows where the bytes come from.

pub mod blocks;
mod creator;
mod damage;
mod domain;
mod error;
mod extract;
pub mod html;
pub mod http;
pub mod inflate;
mod md5_lanes;
mod pool;
pub mod record;
mod signals;
mod sites;
mod tail;
pub mod wat;

pub use creator::{account_of, account_of_profile};
pub use damage::{Damage, DamageCounts, DamageKind};
pub use domain::{host_of, origin_of, path_of, registrable_domain};
pub use error::CrawlError;
pub use extract::{
    Counts, Extracted, Extractor, PayloadKind, PictureRead, ReadPicture, Source, extract_block, payload_kind,
};
pub use pool::{PoolBuilder, PoolPage, PoolPair, pool_schema};
pub use sites::{SiteFact, SiteFile, SiteRowsBuilder};
pub use tail::{Tail, extract_behind};
