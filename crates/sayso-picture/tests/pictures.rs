//! What files of every kind look like once they are decoded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageBuffer, ImageFormat, Rgb as Pixel, RgbImage, RgbaImage};
use sayso_picture::{ColourSpace, Decoded, PictureLimits, decode, decode_as_stored, decode_luminance, facts};

const LIMITS: PictureLimits =
    PictureLimits { file_bytes: 1 << 20, side_pixels: 20_000, area_pixels: 4_000_000, decoded_bytes: 64 << 20 };

/// How far the pixels of two pictures lie apart, on average.
fn apart(one: &Decoded, other: &Decoded) -> f64 {
    let (one, other) = (one.rgb().unwrap(), other.rgb().unwrap());
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let sum: u32 = one.pixels().iter().zip(other.pixels()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    f64::from(sum) / one.pixels().len() as f64
}

#[test]
fn files_of_every_kind_show_the_same_picture() {
    let original = decode(include_bytes!("fixtures/tiff_lzw.tiff"), &LIMITS).unwrap();
    let files: [(&str, &[u8], f64); 10] = [
        ("cmyk.jpg", include_bytes!("fixtures/cmyk.jpg"), 6.0),
        ("progressive.jpg", include_bytes!("fixtures/progressive.jpg"), 6.0),
        ("subsampled.jpg", include_bytes!("fixtures/subsampled.jpg"), 12.0),
        ("lossy.webp", include_bytes!("fixtures/lossy.webp"), 12.0),
        ("moves.webp", include_bytes!("fixtures/moves.webp"), 0.0),
        ("moves.png", include_bytes!("fixtures/moves.png"), 0.0),
        ("moves.gif", include_bytes!("fixtures/moves.gif"), 20.0),
        ("palette.png", include_bytes!("fixtures/palette.png"), 20.0),
        ("tiff_adobe_deflate.tiff", include_bytes!("fixtures/tiff_adobe_deflate.tiff"), 0.0),
        ("packbits.tiff", include_bytes!("fixtures/packbits.tiff"), 0.0),
    ];
    for (name, bytes, allowed) in files {
        let picture = decode(bytes, &LIMITS).unwrap();
        let apart = apart(&picture, &original);
        assert!(apart <= allowed, "{name}: {apart}");
        // The luminance alone is that of the colours, but for rounding and colours that were cut off.
        let (grey, alone) = (picture.grey().unwrap(), decode_luminance(bytes, &LIMITS).unwrap().grey().unwrap());
        let sum: u32 = grey.pixels().iter().zip(alone.pixels()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        assert!(f64::from(sum) / grey.pixels().len() as f64 <= 1.5, "{name}");
        // As it is stored, its luminance is the very same as alone, and so is all that is told of it.
        let stored = decode_as_stored(bytes, &LIMITS).unwrap();
        let luminance = decode_luminance(bytes, &LIMITS).unwrap();
        assert_eq!(stored.grey(), luminance.grey(), "{name}");
        assert_eq!(stored.spectrum().unwrap().hashed(), luminance.spectrum().unwrap().hashed(), "{name}");
        assert_eq!(stored.features(), luminance.features(), "{name}");
        let is_ycbcr = ["progressive.jpg", "subsampled.jpg"].contains(&name);
        assert!(self::apart(&stored, &picture) <= f64::from(u8::from(is_ycbcr)), "{name}");
        let colours = stored.into_colours_on_white().unwrap();
        assert_eq!(colours.space == ColourSpace::YCbCr, is_ycbcr, "{name}");
        assert_eq!(colours.pixels.len() as u32, colours.width * colours.height * 3, "{name}");
    }
}

#[test]
fn sixteen_bits_become_eight() {
    let deep = ImageBuffer::<Pixel<u16>, _>::from_fn(20, 10, |x, y| {
        Pixel([u16::try_from(x * 3000).unwrap(), u16::try_from(y * 6000).unwrap(), 65535])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb16(deep).write_to(&mut bytes, ImageFormat::Png).unwrap();
    let rgb = decode(bytes.get_ref(), &LIMITS).unwrap().rgb().unwrap();
    assert_eq!(rgb.pixels()[..6], [0, 0, 255, 12, 0, 255]);
}

/// The JPEG of a picture that looks another way from each side, with this orientation in its EXIF.
fn turned(orientation: u8) -> Vec<u8> {
    let dark = |x: u32, y: u32| if x < 16 && y < 8 || x < 8 && y < 24 { [0; 3] } else { [250, 200, 150] };
    let picture = RgbImage::from_fn(64, 32, |x, y| dark(x, y).into());
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(&picture).unwrap();
    let mut exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    bytes.splice(2..2, exif);
    bytes
}

#[test]
fn a_picture_stands_as_its_exif_says() {
    // Where the dark corner is, and whether its longer arm lies along the rows.
    let corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)];
    for (orientation, corner) in (1..=8).zip(corners) {
        let bytes = turned(orientation);
        let facts = facts(&bytes, &LIMITS).unwrap();
        let size = if orientation < 5 { (64, 32) } else { (32, 64) };
        assert_eq!((facts.width, facts.height), size, "{orientation}");
        let grey = decode_luminance(&bytes, &LIMITS).unwrap().grey().unwrap();
        let colour = decode(&bytes, &LIMITS).unwrap().grey().unwrap();
        let at = |x: usize, y: usize| {
            let (x, y) = (
                if corner.0 == 0 { x } else { grey.width() - 1 - x },
                if corner.1 == 0 { y } else { grey.height() - 1 - y },
            );
            assert!(grey.pixels()[y * grey.width() + x].abs_diff(colour.pixels()[y * grey.width() + x]) < 3);
            grey.pixels()[y * grey.width() + x] < 100
        };
        assert!(at(2, 2), "{orientation}");
        // The arm of 24 pixels lies down, or across where rows became columns.
        assert_eq!((at(2, 20), at(20, 2)), (orientation < 5, orientation >= 5), "{orientation}");
    }
    // What is no orientation is none.
    assert_eq!(facts(&turned(9), &LIMITS).unwrap().width, 64);
}

#[test]
fn what_is_transparent_is_hashed_as_stored_and_on_white() {
    let circle = |x: u32, y: u32| (x.abs_diff(40) * x.abs_diff(40) + y.abs_diff(30) * y.abs_diff(30)) < 400;
    let bytes = |visible: [u8; 4], hidden: [u8; 4]| {
        let picture = RgbaImage::from_fn(100, 80, |x, y| if circle(x, y) { visible } else { hidden }.into());
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
        facts(&bytes.into_inner(), &LIMITS).unwrap()
    };
    // A black drawing whose ground is transparent, and black below that: nothing but black is stored.
    let drawing = bytes([0, 0, 0, 255], [0, 0, 0, 0]);
    assert_eq!(drawing.pdq.unwrap().quality, 0);
    let opaque = bytes([0, 0, 0, 255], [255, 255, 255, 255]);
    assert_eq!(opaque.pdq_on_white, None);
    assert_eq!(drawing.pdq_on_white, opaque.pdq);
}
