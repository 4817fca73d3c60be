use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_picture::{
    Colours, PictureFault, PictureFaultKind, PictureFormat, PictureLimits, decode_as_stored, decode_luminance,
};

use super::kind::FetchKind;
use super::options::FetchLimits;
use super::outcome::Facts;
use crate::pictures::PICTURE_LIMITS;

/// What is wanted of a picture beside its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    /// Its features.
    pub(super) features: bool,
    /// Its pixels.
    pub(super) pixels: bool,
}

/// What is to be seen on a picture.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) facts: Facts,
    /// The pixels, upright and on white, where they are wanted.
    pub(super) pixels: Option<Colours>,
    /// Why not all of it is known.
    pub(super) fault: Option<(FetchKind, String)>,
}

/// Bytes that decoding a picture may take for each of its pixels where somebody allows more of them than usual: four
/// channels of sixteen bits.
const BYTES_A_PIXEL: u64 = 8;

/// Looks at the bytes of a picture. It is decoded once, whatever is wanted, and its facts are the same.
pub(super) fn look(bytes: &[u8], limits: &FetchLimits, wish: Wish) -> Look {
    let picture_limits = PictureLimits {
        file_bytes: limits.picture_bytes,
        side_pixels: limits.side_pixels,
        area_pixels: limits.area_pixels,
        decoded_bytes: PICTURE_LIMITS.decoded_bytes.max(limits.area_pixels.saturating_mul(BYTES_A_PIXEL)),
    };
    let mut look = Look { facts: Facts::of_bytes(bytes), pixels: None, fault: None };
    let decode = if wish.pixels { decode_as_stored } else { decode_luminance };
    let picture = match decode(bytes, &picture_limits) {
        Ok(picture) => picture,
        Err(PictureFault { kind, message }) => {
            look.fault = Some((kind_of(kind), message));
            return look;
        }
    };
    let hashed = picture.spectrum().map(|spectrum| spectrum.hashed());
    look.facts.size = Some((picture.width(), picture.height()));
    look.facts.pdq = hashed.map(|hashed| (hashed.pdq.to_string(), hashed.quality));
    look.facts.features = wish.features.then(|| STANDARD.encode(picture.features().to_bytes()));
    if wish.pixels {
        look.pixels = picture.into_colours_on_white();
    }
    look
}

const fn kind_of(kind: PictureFaultKind) -> FetchKind {
    match kind {
        PictureFaultKind::Empty | PictureFaultKind::NotAPicture => FetchKind::NotAPicture,
        PictureFaultKind::TooManyBytes => FetchKind::TooLarge,
        PictureFaultKind::TooLarge => FetchKind::TooManyPixels,
        PictureFaultKind::Cut => FetchKind::Truncated,
        PictureFaultKind::Drawing | PictureFaultKind::Unsupported | PictureFaultKind::Broken => FetchKind::NotDecodable,
    }
}

/// The ending of a file with a picture in this format, where it is known.
pub(super) fn ending_of(bytes: &[u8]) -> &'static str {
    match PictureFormat::of(bytes) {
        Some(PictureFormat::Jpeg) => "jpg",
        Some(PictureFormat::Tiff) => "tif",
        Some(format) => format.as_str(),
        None => "bin",
    }
}
