use sayso_core::{FeatureQuery, Likeness, Pdq};

use crate::{Framed, Grey, Turn, View, feature_query};

/// What is taken from a picture to look for its parts, and for what it is a part of.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// Its keypoints.
    pub features: FeatureQuery,
    /// What it looks like, to compare parts of it with the hashes of what is found.
    pub view: View,
    /// Its hashes as a whole, in as many ways as it lies; none of a picture that is too plain.
    pub hashes: Vec<(Turn, Pdq)>,
    /// What lies within its border.
    pub framed: Option<Framed>,
}

impl Sought {
    /// All of a luminance, and hashes that were made of the picture before.
    #[must_use]
    pub fn of(picture: &Grey, hashes: Vec<(Turn, Pdq)>) -> Self {
        Self { features: feature_query(picture), view: View::of(picture), hashes, framed: Framed::of(picture) }
    }
}

impl Sought {
    /// All hashes by which a copy of the whole is found, each with how the picture lies then, and whether without its border.
    pub fn wholes(&self) -> impl Iterator<Item = (Pdq, Whole)> {
        let own = self.hashes.iter().map(|(turn, pdq)| (*pdq, Whole { turn: *turn, part: [0.0, 0.0, 1.0, 1.0] }));
        let framed = self.framed.iter().flat_map(|framed| {
            let turned = Turn::ALL.into_iter().zip(framed.hashes);
            turned.map(|(turn, pdq)| (pdq, Whole { turn, part: framed.part }))
        });
        own.chain(framed)
    }

    /// How well the hash of another picture goes with a part of this one, or of its mirror image.
    #[must_use]
    pub fn likeness(&self, pdq: &Pdq, is_mirrored: bool, place: &dyn Fn(f32, f32) -> (f32, f32)) -> Option<Likeness> {
        let mirror = |(x, y): (f32, f32)| if is_mirrored { (1.0 - x, y) } else { (x, y) };
        self.view.likeness(pdq, &|x, y| mirror(place(x, y)))
    }
}

/// How a copy of a whole picture lies in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whole {
    turn: Turn,
    part: [f32; 4],
}

impl Whole {
    /// Whether it lies so in the mirror image.
    #[must_use]
    pub const fn is_mirrored(&self) -> bool {
        self.turn.mirrors()
    }

    /// Where a place of the copy lies in the picture, or in its mirror image, both from 0 to 1 from the left and the top.
    #[must_use]
    pub fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let [left, top, right, bottom] = self.part;
        let (x, y) = self.turn.place(x, y);
        let (x, y) = (left + x * (right - left), top + y * (bottom - top));
        if self.is_mirrored() { (1.0 - x, y) } else { (x, y) }
    }
}
