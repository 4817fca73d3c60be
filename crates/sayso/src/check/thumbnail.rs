//! Small pictures for a report, made of those that lie here. None is ever fetched.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbImage};
use sayso_picture::decode;

use super::sidecar::read_extent;
use super::source::Extent;
use super::subject::Origin;
use crate::pictures::PICTURE_LIMITS;
use crate::signals::read_into;

/// A small picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// The bytes of a JPEG.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Pixels of the longer side of a thumbnail.
pub const THUMBNAIL_SIDE: u32 = 160;

/// The quality at which thumbnails are kept.
const QUALITY: u8 = 72;

/// What shines through where a picture is transparent: black and white drawings can both be seen on it.
const GROUND: [u8; 3] = [0xd4; 3];

/// The thumbnails of what stands at `origins`, in their order; `None` where there is no picture or none that could be
/// decoded, and for all that are left once `interrupt` is set.
#[must_use]
pub fn thumbnails(origins: &[&Origin], threads: NonZeroUsize, interrupt: &AtomicBool) -> Vec<Option<Thumbnail>> {
    let next = AtomicUsize::new(0);
    let made = Mutex::new(vec![None; origins.len()]);
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(origins.len()) {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(origin) = origins.get(at).filter(|_| !interrupt.load(Ordering::Relaxed)) else { return };
                    let thumbnail = read(origin, &mut buffer).and_then(|()| thumbnail_of(&buffer));
                    if let Some(place) = made.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                        *place = thumbnail;
                    }
                }
            });
        }
    });
    made.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn read(origin: &Origin, buffer: &mut Vec<u8>) -> Option<()> {
    match origin {
        Origin::File(path) => read_into(path, PICTURE_LIMITS.file_bytes, buffer).ok(),
        Origin::Member { tar, offset, bytes, .. } => {
            read_extent(tar, Extent { offset: *offset, bytes: *bytes }, PICTURE_LIMITS.file_bytes, buffer).ok()
        }
        Origin::Row { .. } | Origin::Url(_) => None,
    }
}

/// A small copy of a picture, if it can be decoded.
pub(crate) fn thumbnail_of(bytes: &[u8]) -> Option<Thumbnail> {
    let whole = decode(bytes, &PICTURE_LIMITS).ok()?.rgb_on(GROUND)?;
    let (width, height) = (u32::try_from(whole.width()).ok()?, u32::try_from(whole.height()).ok()?);
    let whole = DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, whole.into_pixels())?);
    // A small picture stays as it is.
    let is_large = width.max(height) > THUMBNAIL_SIDE;
    let picture = if is_large { whole.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE) } else { whole }.into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&picture).ok()?;
    Some(Thumbnail { jpeg, width: picture.width(), height: picture.height() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{THUMBNAIL_SIDE, thumbnail_of};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let pixels = vec![0; (width * height * 4) as usize];
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        bytes
    }

    #[test]
    fn a_thumbnail_keeps_the_shape_and_is_never_larger() {
        let small = |width, height| thumbnail_of(&png(width, height)).map(|small| (small.width, small.height)).unwrap();
        assert_eq!(small(640, 480), (THUMBNAIL_SIDE, THUMBNAIL_SIDE * 3 / 4));
        assert_eq!(small(3, 5), (3, 5));
        // What is transparent is neither black nor white.
        let made = thumbnail_of(&png(8, 8)).unwrap();
        let pixel = image::load_from_memory(&made.jpeg).unwrap().to_rgb8().get_pixel(4, 4).0;
        assert!(pixel.iter().all(|colour| (0xd0..=0xd8).contains(colour)), "{pixel:?}");
    }

    #[test]
    fn what_is_too_large_or_broken_gives_none() {
        let whole = png(40, 40);
        let mut claims = whole.clone();
        // 100,000 pixels wide, as the header has it now.
        claims[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        for bytes in [&claims[..], &whole[..60], b"", b"\xff\xd8\xff", b"GIF89a\xff\xff\xff\xff"] {
            assert_eq!(thumbnail_of(bytes), None);
        }
    }
}
