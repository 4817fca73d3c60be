use sayso_core::Keypoint;

use super::frame::Frame;

/// What a query finds.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureAnswer {
    /// The pictures that agree, the surest first.
    pub hits: Vec<FeatureHit>,
    /// For each keypoint of the query, how many pictures have one like it: the more, the less it says.
    pub common: Vec<u32>,
    /// The same for the keypoints of the query's mirror image.
    pub common_mirrored: Vec<u32>,
}

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
    /// From this score on, 99 of 100 hits were right by features alone, of all edits among 10,000 pictures.
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
    /// All of a picture.
    pub(super) const WHOLE: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    /// The rectangle around where a whole picture lies, both counted from 0 to 1.
    pub(super) fn seen(place: &dyn Fn(f32, f32) -> (f32, f32)) -> Self {
        let corners = [place(0.0, 0.0), place(1.0, 0.0), place(0.0, 1.0), place(1.0, 1.0)];
        corners.into_iter().fold(Self::EMPTY, Self::with)
    }

    const EMPTY: Self = Self { left: 1.0, top: 1.0, right: 0.0, bottom: 0.0 };

    /// The rectangle around this one and a place.
    fn with(self, (x, y): (f32, f32)) -> Self {
        let (x, y) = (x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
        Self { left: self.left.min(x), top: self.top.min(y), right: self.right.max(x), bottom: self.bottom.max(y) }
    }

    /// The rectangle around keypoints of a picture with these sides.
    pub(super) fn around<'a>(keypoints: impl Iterator<Item = &'a Keypoint>, width: u16, height: u16) -> Self {
        let place = |keypoint: &Keypoint| (keypoint.x() / f32::from(width), keypoint.y() / f32::from(height));
        keypoints.map(place).fold(Self::EMPTY, Self::with)
    }

    /// The same rectangle when left and right are exchanged.
    pub(super) fn mirrored(self) -> Self {
        Self { left: 1.0 - self.right, right: 1.0 - self.left, ..self }
    }
}
