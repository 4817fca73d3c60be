use super::frame::Frame;
use super::hit::Region;

/// A picture of which a part is like a part of the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartHit {
    /// The shard of the sample.
    pub shard: u32,
    /// Its row.
    pub row: u32,
    /// How sure it is that this is no chance: the logarithm of the odds, by places that agree and that do not, and by the
    /// hash.
    pub sureness: f32,
    /// How many places agree; none where the hash alone says so.
    pub agreeing: u32,
    /// Whether it is the query's mirror image that agrees.
    pub mirrored: bool,
    /// How the found picture lies in the query (in its mirror image, where that was found).
    pub frame: Frame,
    /// The part of the query that agrees; of the query as it was given, also where its mirror image was found.
    pub sought: Region,
    /// The part of the found picture that agrees.
    pub found: Region,
}

impl PartHit {
    /// From here on, 99 of 100 hits were right, of all edits of the pictures that the weights were learned from, each half
    /// judged by the other (`docs/copies.md`).
    pub const SURE: f32 = 2.5;
}
