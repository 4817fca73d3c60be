use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use sayso_picture::Rgb;

use super::exif::exif;
use crate::Error;

/// The format of a made picture, by the ending of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// `.png`, without loss.
    Png,
    /// `.jpg`, `.jpeg`.
    Jpeg,
    /// `.webp`, without loss.
    Webp,
}

/// How good a JPEG is, of 100.
const JPEG_QUALITY: u8 = 95;

impl OutputFormat {
    /// The format that a file's ending asks for.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "png" => Ok(Self::Png),
            "jpg" | "jpeg" => Ok(Self::Jpeg),
            "webp" => Ok(Self::Webp),
            _ => Err(Error::Input {
                input: path.display().to_string(),
                message: "no picture is written with this ending\nhint: .png, .jpg, .jpeg or .webp".to_owned(),
            }),
        }
    }
}

/// The picture as a file, with texts beside it. In a PNG each has the keyword that it is given (`iTXt`). JPEG and WebP have EXIF:
/// `parameters` in `UserComment`, `Software`, and `Source` in `ImageDescription`.
pub fn encode(picture: &Rgb, format: OutputFormat, texts: &[(&str, &str)]) -> Result<Vec<u8>, Error> {
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(picture.width()), side(picture.height()));
    let failed = |why: String| Error::Input {
        input: format!("the picture of {width} by {height} pixels"),
        message: format!("it cannot be written: {why}\nhint: choose another format by the file's ending"),
    };
    let text = |keyword: &str| texts.iter().find(|(known, _)| *known == keyword).map_or("", |(_, text)| *text);
    let mut out = Vec::new();
    let exif = || exif(text("Source"), text("Software"), text("parameters"));
    match format {
        OutputFormat::Png => {
            png(&mut out, picture, (width, height), texts).map_err(|error| failed(error.to_string()))?;
        }
        OutputFormat::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            encoder.set_exif_metadata(exif()).map_err(|error| failed(error.to_string()))?;
            let written = encoder.write_image(picture.pixels(), width, height, ExtendedColorType::Rgb8);
            written.map_err(|error| failed(error.to_string()))?;
        }
        OutputFormat::Webp => {
            let mut encoder = WebPEncoder::new_lossless(&mut out);
            encoder.set_exif_metadata(exif()).map_err(|error| failed(error.to_string()))?;
            let written = encoder.write_image(picture.pixels(), width, height, ExtendedColorType::Rgb8);
            written.map_err(|error| failed(error.to_string()))?;
        }
    }
    Ok(out)
}

fn png(
    out: &mut Vec<u8>,
    picture: &Rgb,
    (width, height): (u32, u32),
    texts: &[(&str, &str)],
) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    for (keyword, text) in texts {
        encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(picture.pixels())?;
    writer.finish()
}
