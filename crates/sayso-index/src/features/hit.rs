use sayso_core::Keypoint;

use super::geometry::Frame;

/// A picture that agrees with the query.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureHit {
    /// The shard of the sample.
    pub shard: u32,
    /// Its row.
    pub row: u32,
    /// How sure it is that this is no chance: the more places agree, and the more alike they look, the higher.
    pub score: f32,
    /// How many places agree.
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

impl FeatureHit {
    /// From this score on, 99 of 100 hits were right, of all edits among 10,000 pictures (docs/copies.md). It was chosen by
    /// the same measurement.
    pub const SURE: f32 = 6.0;
    /// From this score on, a hit is worth a look.
    pub const LIKELY: f32 = 4.0;
}

/// A rectangle of a picture, in parts of its width and height from the upper left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// Where it begins, from the left.
    pub left: f32,
    /// Where it begins, from the top.
    pub top: f32,
    /// Where it ends, from the left.
    pub right: f32,
    /// Where it ends, from the top.
    pub bottom: f32,
}

impl Region {
    /// The rectangle around keypoints of a picture with these sides.
    pub(super) fn around<'a>(keypoints: impl Iterator<Item = &'a Keypoint>, width: u16, height: u16) -> Self {
        let empty = Self { left: 1.0, top: 1.0, right: 0.0, bottom: 0.0 };
        keypoints.fold(empty, |region, keypoint| {
            let x = (keypoint.x() / f32::from(width)).clamp(0.0, 1.0);
            let y = (keypoint.y() / f32::from(height)).clamp(0.0, 1.0);
            Self {
                left: region.left.min(x),
                top: region.top.min(y),
                right: region.right.max(x),
                bottom: region.bottom.max(y),
            }
        })
    }

    /// The same rectangle when left and right are exchanged.
    pub(super) fn mirrored(self) -> Self {
        Self { left: 1.0 - self.right, right: 1.0 - self.left, ..self }
    }
}
