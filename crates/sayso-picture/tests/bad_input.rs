//! Pictures that lie, end early, or are large beyond reason.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use sayso_picture::{PictureFault, PictureFaultKind as Kind, PictureFormat, PictureLimits, decode, facts};

const LIMITS: PictureLimits =
    PictureLimits { file_bytes: 1 << 20, side_pixels: 20_000, area_pixels: 4_000_000, decoded_bytes: 64 << 20 };

#[track_caller]
fn kind(bytes: &[u8]) -> Kind {
    let fault: PictureFault = facts(bytes, &LIMITS).unwrap_err();
    println!("{fault:?}");
    let colour = decode(bytes, &LIMITS).unwrap_err();
    assert_eq!(fault.kind, colour.kind);
    assert!(!fault.message.contains('\n') && !fault.message.ends_with('.'), "{fault}");
    fault.kind
}

/// Shades in all directions, so that nothing is compressed to nothing.
fn drawn() -> DynamicImage {
    let shade = |x: u32, y: u32, by: u32| u8::try_from((x * x * by + y * y * 3 + x * y) % 251).unwrap();
    DynamicImage::ImageRgb8(RgbImage::from_fn(60, 40, |x, y| [shade(x, y, 1), shade(x, y, 2), shade(x, y, 5)].into()))
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    drawn().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

const FORMATS: [(ImageFormat, PictureFormat); 6] = [
    (ImageFormat::Jpeg, PictureFormat::Jpeg),
    (ImageFormat::Png, PictureFormat::Png),
    (ImageFormat::WebP, PictureFormat::WebP),
    (ImageFormat::Gif, PictureFormat::Gif),
    (ImageFormat::Tiff, PictureFormat::Tiff),
    (ImageFormat::Bmp, PictureFormat::Bmp),
];

#[test]
fn every_format_is_decoded_whatever_its_name() {
    let of = |format| facts(&encoded(format), &LIMITS).unwrap();
    let original = of(ImageFormat::Png).pdq.unwrap();
    assert!(original.is_good());
    for (format, ours) in FORMATS {
        let facts = of(format);
        assert_eq!((facts.format, facts.width, facts.height), (ours, 60, 40));
        let distance = facts.pdq.unwrap().pdq.distance(&original.pdq);
        let is_lossless = !matches!(ours, PictureFormat::Jpeg | PictureFormat::Gif);
        assert!(distance <= if is_lossless { 0 } else { 24 }, "{ours}: {distance}");
        assert_eq!(facts.pdq_on_white, None);
    }
}

#[test]
fn every_cut_file_is_a_fault_and_half_of_one_is_cut() {
    for (format, ours) in FORMATS {
        let bytes = encoded(format);
        assert_eq!(kind(&bytes[..bytes.len() / 2]), Kind::Cut, "{ours}");
        for end in 0..bytes.len() {
            let Err(fault) = facts(&bytes[..end], &LIMITS) else {
                // Whatever stands behind the last pixel is not missed: end markers, checksums, padding.
                let missing = bytes.len() - end;
                assert!(
                    missing <= 16 || ours == PictureFormat::Tiff && end > bytes.len() / 2,
                    "{ours}: {missing} missing"
                );
                continue;
            };
            let expected = matches!(fault.kind, Kind::Empty | Kind::NotAPicture | Kind::Cut | Kind::Broken);
            assert!(expected, "{ours} at {end}: {fault:?}");
        }
    }
}

#[test]
fn a_jpeg_without_its_end_is_cut() {
    for bytes in [encoded(ImageFormat::Jpeg), include_bytes!("fixtures/progressive.jpg").to_vec()] {
        assert!(bytes.ends_with(b"\xff\xd9") && facts(&bytes, &LIMITS).is_ok());
        assert_eq!(kind(&bytes[..bytes.len() - 2]), Kind::Cut);
        assert_eq!(kind(&bytes[..bytes.len() * 3 / 4]), Kind::Cut);
    }
}

#[test]
fn what_claims_to_be_huge_is_refused_before_it_is_decoded() {
    let with = |format, changes: &[(usize, &[u8])]| {
        let mut bytes = encoded(format);
        for (at, change) in changes {
            bytes[*at..at + change.len()].copy_from_slice(change);
        }
        bytes
    };
    let png = |width: u32, height: u32| {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        // A head, and pixels that are none: nothing but the head may be looked at.
        let mut writer = encoder.write_header().unwrap();
        writer.write_chunk(png::chunk::IDAT, b"none").unwrap();
        drop(writer);
        bytes
    };
    assert_eq!(kind(&png(30_000, 30_000)), Kind::TooLarge);
    assert_eq!(kind(&png(15_000, 15_000)), Kind::TooLarge);
    assert_eq!(kind(&with(ImageFormat::Gif, &[(6, b"\xff\xff\xff\xff")])), Kind::TooLarge);
    assert_eq!(kind(&with(ImageFormat::Bmp, &[(18, b"\x30\x75\0\0\x30\x75\0\0")])), Kind::TooLarge);
    let jpeg = encoded(ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|two| two == b"\xff\xc0").unwrap();
    assert_eq!(kind(&with(ImageFormat::Jpeg, &[(frame + 5, b"\xff\xdc\xff\xdc")])), Kind::TooLarge);
    assert_eq!(kind(&tiff(30_000, 30_000)), Kind::TooLarge);
    assert_eq!(kind(&tiff(4_000_000, 1)), Kind::TooLarge);
    // Lossless WebP has fourteen bits for a side.
    assert_eq!(kind(b"RIFF\x12\0\0\0WEBPVP8L\x06\0\0\0\x2f\x00\x3f\xc0\x0f\0"), Kind::TooLarge);
}

/// A grey TIFF of one strip that holds no byte of it.
fn tiff(width: u32, height: u32) -> Vec<u8> {
    let entries: [(u16, u32); 8] =
        [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height), (279, 1)];
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(8_u16.to_le_bytes());
    for (tag, value) in entries {
        bytes.extend(tag.to_le_bytes());
        // Sizes and places are long, what chooses among a few is short.
        let kind: u16 = if (258..=262).contains(&tag) { 3 } else { 4 };
        bytes.extend(kind.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}

#[test]
fn what_is_no_picture_is_told_apart() {
    assert_eq!(kind(b""), Kind::Empty);
    assert_eq!(kind(b"<!DOCTYPE html><html><img src=a.jpg></html>"), Kind::NotAPicture);
    assert_eq!(kind(b"<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='1e9'/>"), Kind::Drawing);
    assert_eq!(kind(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1"), Kind::Unsupported);
    assert_eq!(kind(b"8BPS\0\x01"), Kind::Unsupported);
    let mut large = encoded(ImageFormat::Png);
    large.resize(1 << 20, 0);
    assert!(facts(&large, &LIMITS).is_ok());
    large.push(0);
    assert_eq!(kind(&large), Kind::TooManyBytes);
    assert_eq!(kind(b"\x89PNG\r\n\x1a\nand nothing of the kind, for as long as this goes on"), Kind::Cut);
}

#[test]
fn a_picture_of_one_pixel_has_facts_and_no_hash() {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(1, 1).write_to(&mut bytes, ImageFormat::Png).unwrap();
    let facts = facts(&bytes.into_inner(), &LIMITS).unwrap();
    assert_eq!((facts.width, facts.height, facts.pdq), (1, 1, None));
}
