//! Whatever the bytes, decoding ends with a picture inside the limits or with a fault, and the facts say the same as the
//! pixels.

use sayso_picture::{PictureLimits, Turn, decode, decode_luminance, facts};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "picture",
    assert,
    mutations: 6_000,
    words: &[
        "\u{1}\u{0}",
        "IHDR",
        "IDAT",
        "IEND",
        "acTL",
        "VP8L",
        "VP8X",
        "GIF89a",
        "II*\u{0}",
        "\u{7f}\u{7f}\u{7f}\u{7f}",
        "\u{0}\u{0}\u{0}\u{0}",
        "Exif\u{0}\u{0}",
    ],
};

const LIMITS: PictureLimits =
    PictureLimits { file_bytes: 1 << 20, side_pixels: 2_000, area_pixels: 250_000, decoded_bytes: 4 << 20 };

fn assert(input: &[u8]) {
    let (luminance, colour) = (decode_luminance(input, &LIMITS), decode(input, &LIMITS));
    let known = facts(input, &LIMITS);
    match (luminance, colour) {
        (Ok(luminance), Ok(colour)) => {
            let (width, height) = (colour.width(), colour.height());
            assert!(u64::from(width) * u64::from(height) <= LIMITS.area_pixels);
            assert!(width.max(height) <= LIMITS.side_pixels);
            assert_eq!((luminance.width(), luminance.height(), luminance.format()), (width, height, colour.format()));
            assert!(known.is_ok(), "decoded, and no facts: {known:?}");
            let Ok(known) = known else { return };
            assert_eq!((known.width, known.height), (width, height));
            let spectrum = luminance.spectrum();
            assert_eq!(known.pdq, spectrum.as_ref().map(sayso_picture::Spectrum::hashed));
            assert_eq!(known.pdq.is_none(), width.min(height) < 5);
            if let Some(spectrum) = spectrum {
                assert!(spectrum.quality() <= 100);
                assert_eq!(spectrum.hash(Turn::Original), spectrum.hashes()[0]);
            }
        }
        // The two ways through a JPEG may break on different parts of it.
        (Err(one), Ok(_)) => assert_eq!(known.err(), Some(one)),
        (Ok(_), Err(_)) => assert!(known.is_ok()),
        (Err(one), Err(_)) => {
            assert!(!one.message.is_empty() && !one.message.contains('\n'));
            assert_eq!(known.err(), Some(one));
        }
    }
}
