//! Keypoints lie on what is to be seen, and are found again when it is seen otherwise.
#![allow(clippy::unwrap_used, reason = "tests")]

use sayso_core::{Features, Keypoint};
use sayso_picture::{Grey, feature_query, features};

/// Numbers that look like chance and are the same every time.
fn chance(seed: u32) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    }
}

/// Sixty rectangles and discs of flat greys over each other, as in a drawing.
fn drawing(seed: u32, width: usize, height: usize) -> Grey {
    let mut chance = chance(seed);
    let mut pixels = vec![255_u8; width * height];
    for number in 0..60 {
        let (x, y) = (chance(width) as isize, chance(height) as isize);
        let (across, down) = (8 + chance(width / 5) as isize, 8 + chance(height / 5) as isize);
        let level = chance(256) as u8;
        for (at, pixel) in pixels.iter_mut().enumerate() {
            let (dx, dy) = ((at % width) as isize - x, (at / width) as isize - y);
            let is_in = if number % 2 == 0 {
                dx.abs() < across && dy.abs() < down
            } else {
                dx * dx + dy * dy < across * across
            };
            if is_in {
                *pixel = level;
            }
        }
    }
    Grey::new(width, height, pixels).unwrap()
}

fn changed(picture: &Grey, width: usize, height: usize, from: impl Fn(usize, usize) -> (usize, usize)) -> Grey {
    let pixel = |at: usize| {
        let (x, y) = from(at % width, at / width);
        picture.pixels()[y * picture.width() + x]
    };
    Grey::new(width, height, (0..width * height).map(pixel).collect()).unwrap()
}

/// The share of the first one's keypoints that the second has at the same place, looking alike.
fn again(a: &Features, b: &Features, place: impl Fn(&Keypoint) -> (f32, f32)) -> f64 {
    let is_again = |one: &&Keypoint| {
        let (x, y) = place(one);
        b.keypoints().iter().any(|other| (other.x() - x).hypot(other.y() - y) < 8.0 && one.distance(other) <= 28)
    };
    a.keypoints().iter().filter(is_again).count() as f64 / a.keypoints().len() as f64
}

fn same(keypoint: &Keypoint) -> (f32, f32) {
    (keypoint.x(), keypoint.y())
}

#[test]
fn a_picture_at_half_its_scale_has_the_same() {
    let picture = drawing(1, 900, 600);
    let half = changed(&picture, 450, 300, |x, y| (2 * x, 2 * y));
    let (whole, half) = (features(&picture), features(&half));
    assert!(whole.keypoints().len() > 60, "{}", whole.keypoints().len());
    assert!(again(&whole, &half, same) > 0.6, "{}", again(&whole, &half, same));
}

#[test]
fn a_query_has_what_is_stored_and_more() {
    let picture = drawing(2, 640, 640);
    let (stored, query) = (features(&picture), feature_query(&picture));
    assert!(query.features().keypoints().len() > stored.keypoints().len());
    assert_eq!(query.features().keypoints().len(), query.doubts().len());
    assert!(again(&stored, query.features(), same) > 0.6, "{}", again(&stored, query.features(), same));
}

#[test]
fn the_mirror_image_has_the_mirrored_ones() {
    let picture = drawing(3, 700, 500);
    let mirror = changed(&picture, 700, 500, |x, y| (699 - x, y));
    let (mirrored, of_mirror) = (features(&picture).mirrored(), features(&mirror));
    assert!(again(&mirrored, &of_mirror, same) > 0.8, "{}", again(&mirrored, &of_mirror, same));
    assert!(again(&features(&picture), &of_mirror, same) < 0.1);
}

#[test]
fn a_quarter_turn_moves_them_and_leaves_their_looks() {
    let picture = drawing(4, 600, 600);
    let turned = changed(&picture, 600, 600, |x, y| (y, 599 - x));
    let share = again(&features(&picture), &features(&turned), |keypoint| (1023.0 - keypoint.y(), keypoint.x()));
    assert!(share > 0.8, "{share}");
}

#[test]
fn other_pictures_have_others() {
    let share = again(&features(&drawing(5, 600, 600)), &features(&drawing(6, 600, 600)), same);
    assert!(share < 0.02, "{share}");
}

#[test]
fn where_nothing_is_to_be_seen_there_are_none() {
    for (width, height) in [(1, 1), (1, 500), (500, 2), (300, 300), (11, 11), (20_000, 3)] {
        let flat = Grey::new(width, height, vec![128; width * height]).unwrap();
        assert!(features(&flat).keypoints().is_empty(), "{width} x {height}");
        let ramp = (0..width * height).map(|at| (at % width * 255 / width) as u8).collect();
        let ramp = Grey::new(width, height, ramp).unwrap();
        assert!(features(&ramp).keypoints().len() <= 4, "{width} x {height}");
    }
}

#[test]
fn noise_of_any_shape_stays_within_bounds() {
    for (width, height) in [(1, 1), (13, 13), (12, 400), (400, 12), (65, 64), (3000, 14)] {
        let mut chance = chance(7);
        let noise = Grey::new(width, height, (0..width * height).map(|_| chance(256) as u8).collect()).unwrap();
        assert!(features(&noise).keypoints().len() <= 120);
        assert!(feature_query(&noise).features().keypoints().len() <= 450);
    }
}
