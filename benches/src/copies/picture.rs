//! What is taken from a picture's file.

use std::path::Path;

use sayso_core::{FeatureQuery, Features, Pdq};
use sayso_picture::{Decoded, Hashed, PictureLimits, Spectrum, decode, feature_query, features};

use crate::timing::Timing;

const WHITE: [u8; 3] = [u8::MAX; 3];

/// What is known of a picture in the index.
pub struct Indexed {
    pub features: Features,
    /// Only a hash that is worth comparing.
    pub pdq: Option<Pdq>,
}

/// What is looked for of an edit.
pub struct Looked {
    pub query: FeatureQuery,
    /// Its hashes in all eight ways.
    pub turns: Vec<Pdq>,
}

pub fn indexed(path: &Path, timing: &mut Timing) -> Option<Indexed> {
    let picture = decoded(path)?;
    let grey = picture.grey_on(WHITE)?;
    let features = timing.of(|| features(&grey));
    let pdq = spectrum(&picture).filter(is_good).map(|spectrum| spectrum.hashed().pdq);
    Some(Indexed { features, pdq })
}

pub fn looked(path: &Path) -> Option<Looked> {
    let picture = decoded(path)?;
    let turns = spectrum(&picture).filter(is_good).map_or_else(Vec::new, |spectrum| spectrum.hashes().to_vec());
    Some(Looked { query: feature_query(&picture.grey_on(WHITE)?), turns })
}

fn decoded(path: &Path) -> Option<Decoded> {
    let limits =
        PictureLimits { file_bytes: 256 << 20, side_pixels: 30_000, area_pixels: 100_000_000, decoded_bytes: 1 << 30 };
    decode(&std::fs::read(path).ok()?, &limits).ok()
}

/// All methods see a picture as it looks on white.
fn spectrum(picture: &Decoded) -> Option<Spectrum> {
    Spectrum::of_rgb(&picture.rgb_on(WHITE)?)
}

fn is_good(spectrum: &Spectrum) -> bool {
    spectrum.quality() >= Hashed::GOOD
}
