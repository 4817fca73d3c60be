//! What a picture is compared by, part by part: windows on it, its border, and the ways in which it can lie.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use sayso_picture::{Framed, Grey, Sought, Spectrum, Turn, View};

/// Waves of several lengths, different for each seed.
fn waves(seed: u32, width: usize, height: usize) -> Grey {
    let wave = |x: f32, y: f32, number: u32| {
        let of = |factor: u32, most: u32| (seed.wrapping_mul(31) + number.wrapping_mul(factor)) % most;
        let (across, down) = (1.0 + of(7, 11) as f32, 1.0 + of(13, 9) as f32);
        (across * x + down * y * if number.is_multiple_of(2) { 1.0 } else { -1.0 } + of(5, 17) as f32).sin()
    };
    let pixel = |at: usize| {
        let (x, y) = ((at % width) as f32 / width as f32 * 6.0, (at / width) as f32 / height as f32 * 6.0);
        (128.0 + 18.0 * (0..6).map(|number| wave(x, y, number)).sum::<f32>()).clamp(0.0, 255.0) as u8
    };
    Grey::new(width, height, (0..width * height).map(pixel).collect()).unwrap()
}

/// A part of a picture: a place of the part in parts of its sides to a pixel of the picture.
fn part(picture: &Grey, width: usize, height: usize, place: impl Fn(f32, f32) -> (f32, f32)) -> Grey {
    let pixel = |at: usize| {
        let (x, y) = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let (x, y) = place(x / width as f32, y / height as f32);
        let along = |part: f32, side: usize| ((part * side as f32) as usize).min(side - 1);
        picture.pixels()[along(y, picture.height()) * picture.width() + along(x, picture.width())]
    };
    Grey::new(width, height, (0..width * height).map(pixel).collect()).unwrap()
}

#[test]
fn a_window_goes_with_the_hash_of_what_is_in_it_and_with_no_other() {
    let picture = waves(1, 900, 700);
    let view = View::of(&picture);
    let window = |x: f32, y: f32| (0.3 + 0.5 * x, 0.2 + 0.6 * y);
    let hash = |picture: &Grey| Spectrum::of_grey(picture).unwrap().hash(Turn::Original);
    let inside = hash(&part(&picture, 400, 380, window));
    let same = view.likeness(&inside, &window).unwrap();
    assert!(same.agreement > 6.0 && same.inside > 0.999 && same.strength > 0.5, "{same:?}");
    let other = view.likeness(&hash(&waves(2, 400, 380)), &window).unwrap();
    assert!(other.agreement < 4.0, "{other:?}");
    // Of a picture of which only a part is to be seen, the bits go with that part.
    let whole = hash(&picture);
    let half = View::of(&part(&picture, 500, 700, |x, y| (0.6 * x, y)));
    let seen = half.likeness(&whole, &|x, y| (x / 0.6, y)).unwrap();
    assert!((0.55..0.65).contains(&seen.inside) && seen.agreement > 2.0, "{seen:?}");
    assert!(view.likeness(&whole, &|x, y| (x + 2.0, y)).is_none());
    assert!(view.likeness(&whole, &|_, _| (f32::NAN, f32::INFINITY)).is_none());
}

#[test]
fn a_place_of_a_turned_picture_is_where_its_hash_says() {
    let picture = waves(3, 256, 256);
    let spectrum = Spectrum::of_grey(&picture).unwrap();
    for turn in Turn::ALL {
        let turned = Spectrum::of_grey(&part(&picture, 256, 256, |x, y| turn.place(x, y))).unwrap();
        let apart = |other: &Turn| turned.hash(Turn::Original).distance(&spectrum.hash(*other));
        let nearest = Turn::ALL.into_iter().min_by_key(apart).unwrap();
        assert_eq!(nearest, turn, "{} bits", apart(&turn));
    }
}

#[test]
fn what_is_within_a_border_has_its_own_hash() {
    let inner = waves(4, 300, 200);
    let framed = |left: usize, top: usize, right: usize, bottom: usize, level: u8| {
        let (width, height) = (300 + left + right, 200 + top + bottom);
        let mut pixels = vec![level; width * height];
        for (y, row) in inner.rows().enumerate() {
            let start = (y + top) * width + left;
            pixels[start..start + 300].copy_from_slice(row);
        }
        Grey::new(width, height, pixels).unwrap()
    };
    let hash = Spectrum::of_grey(&inner).unwrap().hash(Turn::Original);
    for sides in [[40, 30, 20, 10], [0, 50, 0, 50], [60, 0, 0, 0]] {
        let [left, top, right, bottom] = sides;
        let found = Framed::of(&framed(left, top, right, bottom, 250)).unwrap();
        assert!(found.hashes[0].distance(&hash) <= 8, "{sides:?}");
        let width = (300 + left + right) as f32;
        assert!((found.part[0] - left as f32 / width).abs() < 0.02, "{sides:?}: {:?}", found.part);
        assert!((found.part[2] - (300 + left) as f32 / width).abs() < 0.02, "{sides:?}: {:?}", found.part);
    }
    assert_eq!(Framed::of(&inner), None);
}

#[test]
fn pictures_of_a_few_pixels_and_of_one_colour_have_no_border_and_no_hash() {
    for (width, height) in [(1, 1), (1, 500), (3, 2), (17, 16), (2000, 1)] {
        let picture = Grey::new(width, height, vec![7; width * height]).unwrap();
        let sought = Sought::of(&picture, Vec::new());
        assert_eq!((sought.framed.as_ref(), sought.wholes().count()), (None, 0), "{width} x {height}");
        let likeness = sought.likeness(&sayso_core::Pdq::from_bytes([9; 32]), true, &|x, y| (x, y)).unwrap();
        assert!(likeness.agreement.is_finite() && likeness.strength == 0.0, "{likeness:?}");
    }
}
