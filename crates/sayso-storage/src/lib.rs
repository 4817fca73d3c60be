//! Files behind addresses such as `s3://bucket/folder`: read at any place, listed, and laid down whole or not at all.
//!
//! Everything here waits, as files do, and may be called from anywhere, an asynchronous task included. Credentials come
//! from the environment by the names that other programs of Amazon's have for them ([`variables`]). Nothing is asked of a
//! store before it is needed.

mod address;
mod error;
#[cfg(feature = "s3")]
mod folder;
#[cfg(feature = "s3")]
mod reader;
#[cfg(feature = "s3")]
mod store;
#[cfg(feature = "s3")]
mod upload;
#[cfg(feature = "s3")]
mod wait;
#[cfg(not(feature = "s3"))]
mod without;

pub use address::{Address, is_address};
pub use error::StorageError;
#[cfg(feature = "s3")]
pub use folder::{Folder, Listed, Version};
#[cfg(feature = "s3")]
pub use reader::Reader;
#[cfg(feature = "s3")]
pub use store::store_of;
#[cfg(not(feature = "s3"))]
pub use without::{Folder, Listed, Reader};

/// The variables of the environment that say who asks, and where.
pub mod variables {
    /// All of them, in the order in which one sets them.
    pub const ALL: [&str; 7] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ALLOW_HTTP",
        "AWS_SKIP_SIGNATURE",
    ];
}
