use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a record lies: enough to read it again.
///
/// `offset` and `length` count bytes of the file as it is stored when the record starts at a gzip member or a
/// zstd frame of its own, or when the file is not compressed. In a file that is compressed as one
/// stream they count bytes of the inflated stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordLocator {
    /// The crawl file, as its name was given or as the WAT's container names it.
    pub file: Arc<str>,
    /// Where the record starts, in bytes.
    pub offset: u64,
    /// How long it is, in bytes; 0 where the source does not say.
    pub length: u64,
    /// The payload digest as the record states it (`sha1:…`); empty where it states none.
    pub digest: String,
}
