use sayso_core::{Pdq, Sha256};
use sha2::Digest;

use crate::decode::decode_luminance;
use crate::{Decoded, PictureFault, PictureFormat, PictureLimits, Spectrum};

/// What is known of a picture from its bytes alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFacts {
    /// The digest of the bytes.
    pub sha256: Sha256,
    /// The format, by content.
    pub format: PictureFormat,
    /// Pixels of a row, once it is upright.
    pub width: u32,
    /// Number of rows, once it is upright.
    pub height: u32,
    /// Its perceptual hash; none of a picture with fewer than [`Spectrum::LEAST_PIXELS`](crate::Spectrum::LEAST_PIXELS)
    /// on a side.
    pub pdq: Option<Hashed>,
    /// The hash that it has when it is laid on white, if any of it is transparent: so it looks where it was copied to a
    /// format without transparency, and the colours under what is transparent say nothing of that.
    pub pdq_on_white: Option<Hashed>,
}

/// A perceptual hash and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// The hash.
    pub pdq: Pdq,
    /// How much there is to see, from 0 (nothing but one colour) to 100. The hash of a picture below
    /// [`Hashed::GOOD`] is mostly noise.
    pub quality: u8,
}

impl Hashed {
    /// The least quality of a hash that is worth comparing, as Meta recommends.
    pub const GOOD: u8 = 50;

    /// Whether the hash is worth comparing.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.quality >= Self::GOOD
    }
}

/// The facts of a picture.
///
/// # Errors
///
/// As [`decode`](crate::decode).
pub fn facts(bytes: &[u8], limits: &PictureLimits) -> Result<PictureFacts, PictureFault> {
    facts_and_turns(bytes, limits).map(|(facts, _)| facts)
}

/// The facts of a picture, and the hashes that it would have if it lay otherwise, in the order of
/// [`Turn::ALL`](crate::Turn::ALL).
///
/// # Errors
///
/// As [`decode`](crate::decode).
pub fn facts_and_turns(bytes: &[u8], limits: &PictureLimits) -> Result<(PictureFacts, Option<[Pdq; 8]>), PictureFault> {
    let picture = decode_luminance(bytes, limits)?;
    let spectrum = picture.spectrum();
    let facts = facts_of(&picture, spectrum.as_ref(), bytes);
    Ok((facts, spectrum.map(|spectrum| spectrum.hashes())))
}

fn facts_of(picture: &Decoded, spectrum: Option<&Spectrum>, bytes: &[u8]) -> PictureFacts {
    let on_white = if picture.is_transparent() { picture.rgb_on([u8::MAX; 3]) } else { None };
    PictureFacts {
        sha256: Sha256(sha2::Sha256::digest(bytes).into()),
        format: picture.format(),
        width: picture.width(),
        height: picture.height(),
        pdq: spectrum.map(Spectrum::hashed),
        pdq_on_white: on_white.and_then(|laid| Spectrum::of_rgb(&laid)).map(|spectrum| spectrum.hashed()),
    }
}
