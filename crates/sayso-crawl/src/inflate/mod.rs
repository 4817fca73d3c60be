//! Inflation of gzip members and zstd frames, bounded in what it may produce.

mod member;
mod stream;

pub use member::{MemberError, MemberInflater};
pub use stream::{Inflated, MemberWalk, SkippedMember, open_stream};

/// The first bytes of a gzip member: magic number and the only method there is (RFC 1952, section 2.3.1).
pub const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];
/// The first bytes of a zstd frame (RFC 8878, section 3.1.1), as they lie in the file.
pub const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The first bytes of the skippable frame that holds a dictionary in a `.warc.zst`.
pub const ZSTD_DICTIONARY_MAGIC: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];
