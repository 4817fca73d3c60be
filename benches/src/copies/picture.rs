//! What is taken from a picture's file.

use std::path::Path;

use sayso_picture::{Decoded, Hashed, PictureLimits, Sought, Spectrum, Turn, decode, features};

use crate::known::Known;

const WHITE: [u8; 3] = [u8::MAX; 3];

/// All methods see a picture as it looks on white.
pub fn indexed(path: &Path) -> Option<Known> {
    let picture = decoded(path)?;
    let features = features(&picture.grey_on(WHITE)?);
    let pdq = spectrum(&picture).filter(is_good).map(|spectrum| spectrum.hashed().pdq);
    Some(Known { features, pdq })
}

/// What is looked for of an edit.
pub fn looked(path: &Path) -> Option<Sought> {
    let picture = decoded(path)?;
    let turned = |spectrum: Spectrum| Turn::ALL.into_iter().zip(spectrum.hashes()).collect();
    let hashes = spectrum(&picture).filter(is_good).map_or_else(Vec::new, turned);
    Some(Sought::of(&picture.grey_on(WHITE)?, hashes))
}

fn decoded(path: &Path) -> Option<Decoded> {
    let limits =
        PictureLimits { file_bytes: 256 << 20, side_pixels: 30_000, area_pixels: 100_000_000, decoded_bytes: 1 << 30 };
    decode(&std::fs::read(path).ok()?, &limits).ok()
}

fn spectrum(picture: &Decoded) -> Option<Spectrum> {
    Spectrum::of_rgb(&picture.rgb_on(WHITE)?)
}

fn is_good(spectrum: &Spectrum) -> bool {
    spectrum.quality() >= Hashed::GOOD
}
