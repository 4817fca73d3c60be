use sayso_core::{FeatureQuery, Features, Keypoint};

use super::bits::bits;
use super::describe::{Waves, patterns};
use super::detect::{Spot, spots};
use super::orient::angles;
use super::plane::scaled;
use super::pyramid::octaves;
use super::select::{Candidate, selected};
use crate::Grey;

/// How closely a picture is looked at.
struct Effort {
    /// Pixels of the longer side.
    side: usize,
    /// Spots that are kept.
    spots: usize,
    /// Directions of a spot.
    angles: usize,
    /// Keypoints that are kept.
    keypoints: usize,
}

const STORED: Effort = Effort { side: 512, spots: 120, angles: 2, keypoints: 120 };
const SOUGHT: Effort = Effort { side: 640, spots: 450, angles: 2, keypoints: 450 };

/// The features of a picture, as they are stored and found: some hundred keypoints, 2 KB. A picture without texture has
/// none.
#[must_use]
pub fn features(grey: &Grey) -> Features {
    extracted(grey, &STORED).0
}

/// The features of a picture whose copies are sought. More keypoints are looked for than are stored of each picture, and
/// at a larger scale, because the copy may be a part of the picture or the picture a part of the copy.
#[must_use]
pub fn feature_query(grey: &Grey) -> FeatureQuery {
    let (features, doubts) = extracted(grey, &SOUGHT);
    FeatureQuery::new(features, doubts)
}

fn extracted(grey: &Grey, effort: &Effort) -> (Features, Vec<[u8; FeatureQuery::DOUBTS]>) {
    let plane = scaled(grey, effort.side);
    let unit = 1024.0 / plane.width.max(plane.height) as f32;
    let octaves = octaves(&plane);
    let spots: Vec<Spot> = octaves.iter().enumerate().flat_map(|(number, octave)| spots(number, octave)).collect();
    let candidates: Vec<Candidate> = spots
        .iter()
        .map(|spot| {
            let pixel = octaves.get(spot.octave).map_or(1.0, |octave| octave.pixel);
            let place = |at: f32| (at * pixel + 0.5) * unit;
            Candidate { x: place(spot.x), y: place(spot.y), size: spot.sigma * pixel * unit, contrast: spot.contrast }
        })
        .collect();
    let waves = Waves::new();
    let (mut keypoints, mut doubts) = (Vec::new(), Vec::new());
    for at in selected(&candidates, effort.spots) {
        let (Some(spot), Some(place)) = (spots.get(at), candidates.get(at)) else { continue };
        let Some(blur) = octaves.get(spot.octave).and_then(|octave| octave.blurs.get(spot.scale)) else { continue };
        for angle in angles(spot, blur, effort.angles) {
            if keypoints.len() < effort.keypoints {
                let (bits, doubt) = bits(&patterns(spot, angle, blur, &waves));
                keypoints.push(Keypoint::new(place.x, place.y, angle, place.size, bits));
                doubts.push(doubt);
            }
        }
    }
    let side = |pixels: usize| (pixels as f32 * unit).round() as u16;
    (Features::new(side(plane.width), side(plane.height), keypoints), doubts)
}
