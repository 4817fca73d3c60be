use sayso_core::{Pdq, Sha256};

use super::refusal::{Refusal, RefusalCode};

/// Quality from which on a perceptual hash means something, of 100 (the paper of PDQ, section "Quality metric").
const GOOD_QUALITY: u32 = 50;

/// Ones that a hash has at least, and zeros: half of 256 where there is something to see, since each bit says on which side of
/// the median it is. Flat pictures have nearly all bits alike, and all of them match each other.
const MIN_ONES: u32 = 64;

/// A digest in 64 hexadecimal digits.
pub(super) fn sha256(text: &str, given: &str) -> Result<Sha256, Refusal> {
    // They have the same form.
    let digest = text.parse::<Pdq>().map_err(|_| Refusal::new(RefusalCode::Malformed, given))?;
    Ok(Sha256(*digest.as_bytes()))
}

/// A hash, with `/distance` where one is named and `@quality` where that is known: `pdq:f8f8…/16@98`.
pub(super) fn pdq(text: &str, given: &str) -> Result<(Pdq, u32), Refusal> {
    let no = |code| Refusal::new(code, given);
    let (text, quality) = text.split_once('@').map_or((text, None), |(text, quality)| (text, Some(quality)));
    let (hash, distance) = text.split_once('/').map_or((text, None), |(hash, distance)| (hash, Some(distance)));
    let hash: Pdq = hash.parse().map_err(|_| no(RefusalCode::Malformed))?;
    let number = |text: Option<&str>, otherwise: u32| match text {
        None => Ok(otherwise),
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 9 => {
            text.parse().map_err(|_| no(RefusalCode::Malformed))
        }
        Some(_) => Err(no(RefusalCode::Malformed)),
    };
    let (distance, quality) = (number(distance, Pdq::NEAR)?, number(quality, 100)?);
    if distance > Pdq::NEAR {
        return Err(no(RefusalCode::PdqTooWide));
    }
    let ones = hash.distance(&Pdq::from_bytes([0; 32]));
    if quality < GOOD_QUALITY || !(MIN_ONES..=256 - MIN_ONES).contains(&ones) {
        return Err(no(RefusalCode::PdqLowQuality));
    }
    Ok((hash, distance))
}
