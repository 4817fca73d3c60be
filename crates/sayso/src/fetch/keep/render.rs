use std::ops::ControlFlow;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use sayso_picture::{ColourSpace, Colours};

use super::resize::{at_most, fit};
use super::{KeepOptions, KeepWhat, THUMBNAIL_PIXELS};
use crate::fetch::look::ending_of;

/// A picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fetch) struct KeptPicture {
    pub(in crate::fetch) bytes: Vec<u8>,
    /// The ending of its file's name.
    pub(in crate::fetch) ending: &'static str,
    pub(in crate::fetch) width: u32,
    pub(in crate::fetch) height: u32,
    /// Its size before.
    pub(in crate::fetch) original: (u32, u32),
}

/// The quality at which resized pictures are kept: img2dataset's.
const QUALITY: u8 = 95;

/// The quality of thumbnails, which nobody trains on.
const THUMBNAIL_QUALITY: u8 = 80;

/// Makes of a picture what is kept of it; breaks with the reason where that cannot be.
pub(in crate::fetch) fn render(
    keep: &KeepOptions,
    bytes: &[u8],
    pixels: Option<Colours>,
    original: Option<(u32, u32)>,
) -> ControlFlow<String, KeptPicture> {
    let original = original.unwrap_or_default();
    let (pixels, quality) = match (keep.what, pixels) {
        (KeepWhat::Originals, _) => {
            let (width, height) = original;
            let (bytes, ending) = (bytes.to_vec(), ending_of(bytes));
            return ControlFlow::Continue(KeptPicture { bytes, ending, width, height, original });
        }
        (_, None) => return ControlFlow::Break("it was not decoded".to_owned()),
        (KeepWhat::Resized { side_pixels, mode }, Some(pixels)) => (fit(pixels, side_pixels, mode), QUALITY),
        (KeepWhat::Thumbnails, Some(pixels)) => (at_most(pixels, THUMBNAIL_PIXELS), THUMBNAIL_QUALITY),
    };
    let pixels = match pixels {
        Ok(pixels) => pixels,
        Err(error) => return ControlFlow::Break(format!("it cannot be resized: {error}")),
    };
    match jpeg_of(&pixels, quality) {
        Ok(bytes) => {
            let Colours { width, height, .. } = pixels;
            ControlFlow::Continue(KeptPicture { bytes, ending: "jpg", width, height, original })
        }
        Err(error) => ControlFlow::Break(format!("it cannot be written as a JPEG: {error}")),
    }
}

/// A JPEG with half the colours in both directions, as img2dataset and most cameras write them.
fn jpeg_of(picture: &Colours, quality: u8) -> Result<Vec<u8>, String> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| format!("{pixels} pixels on a side are too many"));
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    let space = match picture.space {
        ColourSpace::Rgb => ColorType::Rgb,
        ColourSpace::YCbCr => ColorType::Ycbcr,
    };
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(&picture.pixels, width, height, space).map_err(|error| error.to_string())?;
    Ok(jpeg)
}
