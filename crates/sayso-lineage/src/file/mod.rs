//! One node, one file: read strictly, written plainly.

mod plain;
mod raw;
mod read;
mod write;

pub use read::read_node;
pub use write::node_to_toml;

/// What is read of lineage files at most. There is no default: whoever reads foreign files decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// Bytes of a file.
    pub file_bytes: u64,
    /// Files in all folders together.
    pub files: usize,
    /// Edges, sources, persons and the like of one node.
    pub parts: usize,
    /// Characters of a text.
    pub chars: usize,
}

/// Limits for files that people write.
pub const FILE_LIMITS: FileLimits = FileLimits { file_bytes: 1 << 20, files: 250_000, parts: 4_000, chars: 4_000 };
