use crate::Rgb;

use super::Filter;
use super::resize::window;

/// The middle square of `side` pixels, after the shorter side was made as long: torchvision's `Resize` and `CenterCrop`.
///
/// A picture may be thousands of times longer than it is high, so that nothing is resized but what the square shows.
pub(crate) fn centre(picture: Rgb<'_>, side: usize, filter: Filter) -> Vec<u8> {
    let (short, long) = (picture.width().min(picture.height()), picture.width().max(picture.height()));
    let longer = side * long / short;
    let (width, height) = if picture.width() <= picture.height() { (side, longer) } else { (longer, side) };
    let square = |length: usize| {
        let start = middle(length - side);
        (length, start..start + side)
    };
    window(picture, square(width), square(height), filter)
}

/// The picture with its shorter side of `side` pixels, as torchvision's `Resize` makes it, with its width and height. Of
/// the longer side the middle `longest` pixels at most.
pub(crate) fn shorter_side(picture: Rgb<'_>, side: usize, longest: usize, filter: Filter) -> (Vec<u8>, usize, usize) {
    let (short, long) = (picture.width().min(picture.height()), picture.width().max(picture.height()));
    let longer = side * long / short;
    let (width, height) = if picture.width() <= picture.height() { (side, longer) } else { (longer, side) };
    let part = |length: usize| {
        let kept = length.min(longest);
        let start = middle(length - kept);
        (length, start..start + kept)
    };
    let (across, down) = (part(width), part(height));
    let (wide, high) = (across.1.len(), down.1.len());
    (window(picture, across, down, filter), wide, high)
}

/// Half of what is too much, rounded as Python rounds: to the even number.
const fn middle(beyond: usize) -> usize {
    let half = beyond / 2;
    if beyond % 2 == 1 && half % 2 == 1 { half + 1 } else { half }
}
