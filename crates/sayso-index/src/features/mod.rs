//! The feature index: from the keypoints of a picture to the rows whose pictures show the same, or a part of it.
//!
//! Keypoints lie in buckets by their first bits. For each keypoint of the query the bucket of its bits is looked at, and
//! those that differ where the query's bits are in doubt ([`vote`]). Of the pictures of which several keypoints look like
//! some of the query's, those count where the places fit as well: one shift, turn and scale leads from the one picture to
//! the other ([`geometry`]). Those are then checked by all that is stored of them ([`parts`]): by the keypoints that should
//! agree and do not ([`recheck`]), and by the hash ([`sureness`]). The format is written down in `docs/specs/features.md`.

mod find;
mod frame;
mod geometry;
mod hit;
mod index;
mod mark;
mod part;
mod part_hit;
mod part_writer;
mod parts;
mod recheck;
mod sureness;
mod vote;
mod writer;

pub use frame::Frame;
pub use hit::{FeatureAnswer, FeatureHit, Region};
pub use index::FeatureIndex;
pub use part_hit::PartHit;
pub use parts::{NearPicture, PartCheck, StoredPicture};
pub use writer::FeatureIndexWriter;
