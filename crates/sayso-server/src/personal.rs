//! Captions may hold somebody's telephone number or address. On pages that anybody can read it is masked.

use std::borrow::Cow;

use sayso::captions::mask;
use sayso::library::Hit;
use sayso_core::Sample;

/// Masks what is personal in a sample's caption and in the further columns of its table.
pub(crate) fn mask_sample(sample: &mut Sample) {
    if let Cow::Owned(masked) = mask(&sample.pair.caption) {
        sample.pair.caption = masked;
    }
    for (_, value) in &mut sample.pair.further {
        if let Cow::Owned(masked) = mask(value) {
            *value = masked;
        }
    }
}

/// Masks what is personal in the caption of a hit, and in what of it is said to have matched.
pub(crate) fn mask_hit(hit: &mut Hit) {
    mask_sample(&mut hit.sample);
    for matched in hit.matched.iter_mut().filter(|matched| matched.field == "caption") {
        if let Cow::Owned(masked) = mask(&matched.text) {
            // Where the words stood has moved, and one of them may have been the number.
            (matched.text, matched.ranges) = (masked, Vec::new());
        }
    }
}
