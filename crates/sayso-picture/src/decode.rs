//! From foreign bytes to pixels: the one way of the whole project.

use std::io::Cursor;
use std::panic::AssertUnwindSafe;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::cut::is_cut;
use crate::fault::PictureFaultKind as Kind;
use crate::{ColourSpace, Decoded, PictureFault, PictureFormat, PictureLimits, jpeg};

/// Decodes a picture, upright and in colour. Of one that moves it is the picture that viewers show which do not play it.
///
/// # Errors
///
/// When the bytes are of no picture, of one that cannot be decoded here, broken, or beyond a limit.
pub fn decode(bytes: &[u8], limits: &PictureLimits) -> Result<Decoded, PictureFault> {
    decoded(bytes, limits, Wanted::Colour)
}

/// Decodes a picture, upright, for the sake of its luminance alone. A JPEG with colours apart from luminance gives the
/// luminance as it is stored, in half the time: it is [`Decoded::grey`] of [`decode`] but for what rounding and cutting
/// off colours outside of RGB change.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_luminance(bytes: &[u8], limits: &PictureLimits) -> Result<Decoded, PictureFault> {
    decoded(bytes, limits, Wanted::Luminance)
}

/// Decodes a picture, upright, in the colours that its file stores, for whoever wants both what is told of it and its pixels:
/// of a JPEG its luminance is that of [`decode_luminance`], so that its facts are the same whether or not its colours are
/// wanted, too.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_as_stored(bytes: &[u8], limits: &PictureLimits) -> Result<Decoded, PictureFault> {
    decoded(bytes, limits, Wanted::Stored)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Colour,
    Stored,
    Luminance,
}

fn decoded(bytes: &[u8], limits: &PictureLimits, wanted: Wanted) -> Result<Decoded, PictureFault> {
    if bytes.is_empty() {
        return Err(PictureFault::new(Kind::Empty, "there are no bytes"));
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > limits.file_bytes {
        let message = format!("{length} bytes are more than {}", limits.file_bytes);
        return Err(PictureFault::new(Kind::TooManyBytes, message));
    }
    let Some(format) = PictureFormat::of(bytes) else {
        return Err(PictureFault::new(Kind::NotAPicture, "the bytes are of no known format of pictures"));
    };
    // Decoders of six formats meet bytes of strangers here: one that panics costs a picture and not the run.
    std::panic::catch_unwind(AssertUnwindSafe(|| by_format(bytes, format, limits, wanted)))
        .unwrap_or_else(|_| Err(PictureFault::new(Kind::Broken, format!("the decoder of {format} gave up"))))
        .map(|(picture, space)| Decoded::new(format, picture, space))
        .map_err(|fault| match fault.kind {
            Kind::Broken if is_cut(bytes) => PictureFault { kind: Kind::Cut, ..fault },
            _ => fault,
        })
}

fn by_format(
    bytes: &[u8],
    format: PictureFormat,
    limits: &PictureLimits,
    wanted: Wanted,
) -> Result<(DynamicImage, ColourSpace), PictureFault> {
    match format {
        PictureFormat::Jpeg => jpeg::decode_jpeg(bytes, limits, wanted),
        PictureFormat::Png => by_image(bytes, ImageFormat::Png, limits),
        PictureFormat::WebP => by_image(bytes, ImageFormat::WebP, limits),
        PictureFormat::Gif => by_image(bytes, ImageFormat::Gif, limits),
        PictureFormat::Tiff => by_image(bytes, ImageFormat::Tiff, limits),
        PictureFormat::Bmp => by_image(bytes, ImageFormat::Bmp, limits),
        PictureFormat::Svg => Err(PictureFault::new(Kind::Drawing, "an SVG has no pixels, and is not drawn here")),
        PictureFormat::Avif => {
            let message = "AVIF is not decoded here: its decoders are not written in a memory-safe language";
            Err(PictureFault::new(Kind::Unsupported, message))
        }
        PictureFormat::Heif | PictureFormat::Jxl | PictureFormat::Jp2 | PictureFormat::Psd | PictureFormat::Ico => {
            Err(PictureFault::new(Kind::Unsupported, format!("the format {format} is not decoded here")))
        }
    }
}

fn by_image(
    bytes: &[u8],
    format: ImageFormat,
    limits: &PictureLimits,
) -> Result<(DynamicImage, ColourSpace), PictureFault> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = Limits::default();
    (allowed.max_image_width, allowed.max_image_height) = (Some(limits.side_pixels), Some(limits.side_pixels));
    allowed.max_alloc = Some(limits.decoded_bytes);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(|error| fault(&error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, decoder.total_bytes(), limits)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
    Ok((upright(in_eight_bits(picture), orientation), ColourSpace::Rgb))
}

/// Compares what the head of a file says with the limits.
pub(crate) fn check_size(
    width: u32,
    height: u32,
    decoded_bytes: u64,
    limits: &PictureLimits,
) -> Result<(), PictureFault> {
    let too_large = |message| Err(PictureFault::new(Kind::TooLarge, message));
    if width == 0 || height == 0 {
        return Err(PictureFault::new(Kind::Broken, format!("a picture of {width} x {height} pixels")));
    }
    if width.max(height) > limits.side_pixels {
        return too_large(format!("{width} x {height} pixels are more than {} on a side", limits.side_pixels));
    }
    if u64::from(width) * u64::from(height) > limits.area_pixels {
        return too_large(format!("{width} x {height} pixels are more than {}", limits.area_pixels));
    }
    if decoded_bytes > limits.decoded_bytes {
        let message = format!("{width} x {height} pixels would take {decoded_bytes} bytes to decode");
        return too_large(message);
    }
    Ok(())
}

/// Sixteen bits and floating point become eight: no hash and no comparison looks at more.
fn in_eight_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_)
        | DynamicImage::ImageLumaA8(_)
        | DynamicImage::ImageRgb8(_)
        | DynamicImage::ImageRgba8(_) => picture,
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
        other if other.color().has_alpha() => DynamicImage::ImageRgba8(other.into_rgba8()),
        other => DynamicImage::ImageRgb8(other.into_rgb8()),
    }
}

pub(crate) fn upright(mut picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    picture.apply_orientation(orientation);
    picture
}

fn fault(error: &ImageError) -> PictureFault {
    let kind = match error {
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::Unsupported { .. }) => Kind::Unsupported,
        ImageError::Limits(_) => Kind::TooLarge,
        ImageError::Unsupported(_) => Kind::Unsupported,
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Kind::Cut,
        _ => Kind::Broken,
    };
    PictureFault::new(kind, in_one_line(&error.to_string()))
}

/// What a decoder says, fit for a message: one line that does not go on for ever.
pub(crate) fn in_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').chars().take(200).collect()
}
