use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_consent::embedded;
use sayso_crawl::PictureRead;
use sayso_picture::{PictureFaultKind, PictureLimits, decode_luminance};

use crate::pictures::PICTURE_LIMITS;
use crate::signals::EMBEDDED_LIMITS;

/// What is decoded of a picture in a crawl, on every thread one at a time; `payload-bytes` has bounded its file before. Part
/// of what a build's result depends on.
const LIMITS: PictureLimits = PictureLimits { file_bytes: u64::MAX, ..PICTURE_LIMITS };

/// What a picture in a crawl says of itself, its perceptual hash and its features.
pub(super) fn read_picture(picture: &[u8]) -> PictureRead {
    PictureRead { signals: embedded::signals(picture, &EMBEDDED_LIMITS), ..looked_at(picture, true) }
}

/// As [`read_picture`], without the features, which take most of the time.
pub(super) fn read_picture_without_features(picture: &[u8]) -> PictureRead {
    PictureRead { signals: embedded::signals(picture, &EMBEDDED_LIMITS), ..looked_at(picture, false) }
}

fn looked_at(picture: &[u8], with_features: bool) -> PictureRead {
    match decode_luminance(picture, &LIMITS) {
        Ok(picture) => PictureRead {
            signals: Vec::new(),
            pdq: picture.spectrum().map(|spectrum| spectrum.hashed()).map(|hashed| (hashed.pdq, hashed.quality)),
            features: with_features.then(|| STANDARD.encode(picture.features().to_bytes())),
            damage: None,
        },
        Err(fault) => {
            let damage = is_damage(fault.kind).then_some(fault.message);
            PictureRead { damage, ..PictureRead::default() }
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

#[cfg(test)]
mod tests {
    use super::{read_picture, read_picture_without_features};

    #[test]
    fn features_are_all_that_is_left_out() {
        let picture = include_bytes!("../../../sayso-picture/tests/fixtures/subsampled.jpg");
        let (with, mut without) = (read_picture(picture), read_picture_without_features(picture));
        assert!(with.pdq.is_some() && with.features.is_some() && without.features.is_none());
        without.features.clone_from(&with.features);
        assert_eq!(without, with);
    }
}
