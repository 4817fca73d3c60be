//! JPEG, which most pictures are. It is decoded by the crate that `image` uses, too, but without going through `image`:
//! that one cannot be asked for the luminance alone, and takes a file that ends in the middle for a picture.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use crate::cut::is_cut;
use crate::decode::{Wanted, check_size, in_one_line, upright};
use crate::fault::PictureFaultKind as Kind;
use crate::{ColourSpace, PictureFault, PictureLimits};

/// Scans of a progressive picture: encoders write about ten, and each costs a walk over all blocks.
const SCANS: usize = 64;

pub(crate) fn decode_jpeg(
    bytes: &[u8],
    limits: &PictureLimits,
    wanted: Wanted,
) -> Result<(DynamicImage, ColourSpace), PictureFault> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .jpeg_set_max_scans(SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| fault(&error))?;
    let (Some(info), Some(stored)) = (decoder.info(), decoder.input_colorspace()) else {
        return Err(PictureFault::new(Kind::Broken, "there is no frame"));
    };
    let colours = match (stored, wanted) {
        (ColorSpace::Luma, _) | (ColorSpace::YCbCr, Wanted::Luminance) => ColorSpace::Luma,
        (ColorSpace::YCbCr, Wanted::Stored) => ColorSpace::YCbCr,
        _ => ColorSpace::RGB,
    };
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let area = u64::from(width) * u64::from(height);
    let channels = colours.num_components() as u64;
    // A progressive picture is kept in coefficients of two bytes until its last scan; and so is one whose components
    // come one after another, which is not known yet.
    let needed = area * (channels + 2 * u64::from(info.components));
    check_size(width, height, needed, limits)?;
    // The decoder makes up what is missing, and says nothing of it. Only the end marker may be missing in a file without
    // one, but nobody can tell.
    if is_cut(bytes) {
        return Err(PictureFault::new(Kind::Cut, "there is no end marker"));
    }
    decoder.set_options(options.jpeg_set_out_colorspace(colours));
    let length = usize::try_from(area * channels).unwrap_or(usize::MAX);
    let mut pixels = vec![0; length];
    decoder.decode_into(&mut pixels).map_err(|error| fault(&error))?;
    let orientation = info.exif_data.as_deref().and_then(Orientation::from_exif_chunk);
    let picture = if colours == ColorSpace::Luma {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    let picture = picture.ok_or_else(|| PictureFault::new(Kind::Broken, "the size changed while decoding"))?;
    let space = if colours == ColorSpace::YCbCr { ColourSpace::YCbCr } else { ColourSpace::Rgb };
    Ok((upright(picture, orientation.unwrap_or(Orientation::NoTransforms)), space))
}

fn fault(error: &DecodeErrors) -> PictureFault {
    let kind = match error {
        DecodeErrors::Unsupported(_) => Kind::Unsupported,
        DecodeErrors::LargeDimensions(_) => Kind::TooLarge,
        DecodeErrors::ExhaustedData => Kind::Cut,
        _ => Kind::Broken,
    };
    PictureFault::new(kind, in_one_line(&error.to_string()))
}
