//! A picture of a file as a net is fed with it: decoded within limits, upright, in red, green and blue.

use std::io::Cursor;
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};

use crate::signals::read_into;

/// Bytes of a file that is decoded, pixels of its longer side and of its area, and bytes that decoding may take.
const FILE_BYTES: u64 = 64 << 20;
const SIDE_PIXELS: u32 = 60_000;
const AREA_PIXELS: u64 = 100_000_000;
const DECODED_BYTES: u64 = 512 << 20;

/// The picture in a file, or why there is none. What is transparent shows the colour that lies below it, as where other
/// programs make vectors.
pub(super) fn decode(path: &Path) -> Result<RgbImage, String> {
    let mut bytes = Vec::new();
    read_into(path, FILE_BYTES + 1, &mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(format!("it has more than {FILE_BYTES} bytes"));
    }
    // Decoders of four formats meet bytes of strangers here: one that panics costs a vector and not the run.
    std::panic::catch_unwind(|| picture(&bytes)).unwrap_or_else(|_| Err("its decoder gave up".to_owned()))
}

fn picture(bytes: &[u8]) -> Result<RgbImage, String> {
    let in_words = |error: image::ImageError| error.to_string();
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_PIXELS), Some(SIDE_PIXELS));
    limits.max_alloc = Some(DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(in_words)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > AREA_PIXELS || decoder.total_bytes() > DECODED_BYTES {
        return Err(format!("it has {width} times {height} pixels, and {AREA_PIXELS} are the most"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(in_words)?;
    picture.apply_orientation(orientation);
    Ok(picture.to_rgb8())
}
