//! What others write lineage in, and how ours becomes theirs.

mod card;
mod cyclonedx;
mod json;
mod provenance;
mod safetensors;
mod spdx;
mod yaml;

pub use card::{Card, CardKind, card_of_node, read_card};
pub use cyclonedx::{read_cyclonedx, to_cyclonedx};
pub use provenance::read_provenance;
pub use safetensors::{SafetensorsNode, header_length, read_safetensors_header};
pub use spdx::{read_spdx, to_spdx};

/// What is read of documents of other formats at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatLimits {
    /// Bytes of a document.
    pub bytes: usize,
    /// How deep lists and maps may lie in each other.
    pub depth: usize,
    /// Values of a document, all levels together.
    pub values: usize,
    /// Characters of a key or text.
    pub chars: usize,
}

/// Limits for documents that come beside models.
pub const FORMAT_LIMITS: FormatLimits = FormatLimits { bytes: 32 << 20, depth: 64, values: 500_000, chars: 1_000_000 };

/// Key of the one source of what was read of somebody else's document.
const READ: &str = "read";

/// A node that rests on where it was read.
fn node_of(id: crate::NodeId, kind: crate::NodeKind, name: &str, at: &ReadAt) -> crate::Node {
    let mut node = crate::Node::new(id, kind, name);
    node.sources.push(crate::Source {
        key: READ.to_owned(),
        title: at.title.clone(),
        url: at.url.clone(),
        date: None,
        supports: None,
    });
    node
}

fn edge_of(kind: crate::EdgeKind, from: &crate::NodeId, to: crate::NodeId) -> crate::Edge {
    crate::Edge::new(kind, from.clone(), to, vec![READ.to_owned()])
}

/// Where a document was read: what goes into the sources of what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAt {
    /// What it is called.
    pub title: String,
    /// Its address.
    pub url: String,
}
