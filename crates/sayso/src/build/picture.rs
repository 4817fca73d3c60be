use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_consent::embedded;
use sayso_crawl::PictureRead;
use sayso_picture::{PictureFaultKind, PictureLimits, facts_and_features};

use crate::signals::EMBEDDED_LIMITS;

/// What is decoded of a picture in a crawl; on every thread one at a time. Part of what a build's result depends on.
const LIMITS: PictureLimits =
    PictureLimits { file_bytes: u64::MAX, side_pixels: 30_000, area_pixels: 64_000_000, decoded_bytes: 256 << 20 };

/// What a picture in a crawl says of itself, its perceptual hash and its features.
pub(super) fn read_picture(picture: &[u8]) -> PictureRead {
    let signals = embedded::signals(picture, &EMBEDDED_LIMITS);
    match facts_and_features(picture, &LIMITS) {
        Ok((facts, features)) => PictureRead {
            signals,
            pdq: facts.pdq.map(|hashed| (hashed.pdq, hashed.quality)),
            features: Some(STANDARD.encode(features.to_bytes())),
            damage: None,
        },
        Err(fault) => {
            let damage = is_damage(fault.kind).then_some(fault.message);
            PictureRead { signals, damage, ..PictureRead::default() }
        }
    }
}

/// Whether something is wrong with the file. A page that is served as a picture, or a format that is not decoded here, is
/// what crawls are full of.
const fn is_damage(kind: PictureFaultKind) -> bool {
    match kind {
        PictureFaultKind::Cut
        | PictureFaultKind::Broken
        | PictureFaultKind::TooLarge
        | PictureFaultKind::TooManyBytes => true,
        PictureFaultKind::Empty
        | PictureFaultKind::NotAPicture
        | PictureFaultKind::Drawing
        | PictureFaultKind::Unsupported => false,
    }
}
