use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;
use sayso_picture::{
    Decoded, Hashed, PictureFault, PictureFaultKind, PictureFormat, PictureLimits, decode, facts_and_features, features,
};

use super::kind::FetchKind;
use super::options::FetchLimits;
use super::outcome::Facts;

/// What is to be seen on a picture.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) facts: Facts,
    /// The pixels, upright and on white, where they are wanted.
    pub(super) pixels: Option<RgbImage>,
    /// Why not all of it is known.
    pub(super) fault: Option<(FetchKind, String)>,
}

/// Bytes that decoding a picture may take for each of its pixels: four channels of sixteen bits, and as much again.
const BYTES_A_PIXEL: u64 = 16;

/// Looks at the bytes of a picture, and decodes them into pixels if they are wanted.
pub(super) fn look(bytes: &[u8], limits: &FetchLimits, wants_pixels: bool) -> Look {
    let picture_limits = PictureLimits {
        file_bytes: limits.picture_bytes,
        side_pixels: limits.side_pixels,
        area_pixels: limits.area_pixels,
        decoded_bytes: limits.area_pixels.saturating_mul(BYTES_A_PIXEL),
    };
    let mut look = Look { facts: Facts::of_bytes(bytes), pixels: None, fault: None };
    let seen = if wants_pixels {
        decode(bytes, &picture_limits).and_then(|picture| {
            look.pixels = Some(on_white(&picture)?);
            let hashed = picture.spectrum().map(|spectrum| spectrum.hashed());
            let features = picture.grey_on_white().map(|grey| features(&grey));
            Ok(((picture.width(), picture.height()), hashed, features))
        })
    } else {
        facts_and_features(bytes, &picture_limits)
            .map(|(facts, features)| ((facts.width, facts.height), facts.pdq, Some(features)))
    };
    match seen {
        Ok((size, hashed, features)) => {
            look.facts.size = Some(size);
            look.facts.pdq = hashed.map(|Hashed { pdq, quality }| (pdq.to_string(), quality));
            look.facts.features = features.map(|features| STANDARD.encode(features.to_bytes()));
        }
        Err(PictureFault { kind, message }) => look.fault = Some((kind_of(kind), message)),
    }
    look
}

fn on_white(picture: &Decoded) -> Result<RgbImage, PictureFault> {
    let image = picture.rgb_on([u8::MAX; 3]).and_then(|rgb| {
        RgbImage::from_raw(u32::try_from(rgb.width()).ok()?, u32::try_from(rgb.height()).ok()?, rgb.into_pixels())
    });
    let message = "it has no colours".to_owned();
    image.ok_or(PictureFault { kind: PictureFaultKind::Unsupported, message })
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
