use std::f64::consts::PI;
use std::sync::LazyLock;

use sayso_core::Pdq;

use super::shrink::{Small, shrink};
use super::{FREQUENCIES, SIDE, Turn};
use crate::{Grey, Hashed, Rgb};

/// A picture's lowest frequencies and its quality: all that PDQ needs, whichever way the picture lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    frequencies: [[f32; FREQUENCIES]; FREQUENCIES],
    quality: u8,
}

/// The first 16 cosines behind the constant one, at 64 places.
static COSINES: LazyLock<[[f32; SIDE]; FREQUENCIES]> = LazyLock::new(|| {
    let mut cosines = [[0.0; SIDE]; FREQUENCIES];
    for (frequency, line) in (1_u8..).zip(&mut cosines) {
        for (odd, cosine) in (1_u8..).step_by(2).zip(line) {
            let angle = PI / (2 * SIDE) as f64 * f64::from(frequency) * f64::from(odd);
            #[expect(clippy::cast_possible_truncation, reason = "the reference has these digits and no more")]
            let value = ((2.0 / SIDE as f64).sqrt() * angle.cos()) as f32;
            *cosine = value;
        }
    }
    cosines
});

impl Spectrum {
    /// Pixels that a picture must have on each side.
    pub const LEAST_PIXELS: usize = 5;

    /// The spectrum of a luminance; none of a picture that is too small.
    #[must_use]
    pub fn of_grey(picture: &Grey) -> Option<Self> {
        let width = picture.width();
        Self::of_rows(width, picture.height(), |y, row| {
            let from = picture.pixels().get(y * width..).unwrap_or_default();
            row.iter_mut().zip(from).for_each(|(luminance, value)| *luminance = f32::from(*value));
        })
    }

    /// The spectrum of colours, whose luminance is not rounded; none of a picture that is too small.
    #[must_use]
    pub fn of_rgb(picture: &Rgb) -> Option<Self> {
        Self::of_pixels(picture.width(), picture.height(), picture.pixels(), |[red, green, blue]: [u8; 3]| {
            0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
        })
    }

    /// The spectrum of pixels of so many bytes as they lie, without a copy of them; none of a picture that is too small.
    pub(crate) fn of_pixels<const BYTES: usize>(
        width: usize,
        height: usize,
        pixels: &[u8],
        luminance: impl Fn([u8; BYTES]) -> f32,
    ) -> Option<Self> {
        Self::of_rows(width, height, |y, row| {
            let from = pixels.get(y * width * BYTES..).unwrap_or_default();
            row.iter_mut().zip(from.as_chunks::<BYTES>().0).for_each(|(value, pixel)| *value = luminance(*pixel));
        })
    }

    fn of_rows(width: usize, height: usize, row: impl FnMut(usize, &mut [f32])) -> Option<Self> {
        if width.min(height) < Self::LEAST_PIXELS {
            return None;
        }
        let small = shrink(width, height, row);
        Some(Self { frequencies: frequencies(&small), quality: quality(&small) })
    }

    /// How much there is to see, from 0 (nothing but one colour) to 100.
    #[must_use]
    pub const fn quality(&self) -> u8 {
        self.quality
    }

    /// The hash of the picture as it is, with its quality.
    #[must_use]
    pub fn hashed(&self) -> Hashed {
        Hashed { pdq: self.hash(Turn::Original), quality: self.quality }
    }

    /// The hash that the picture would have if it lay otherwise.
    #[must_use]
    pub fn hash(&self, turn: Turn) -> Pdq {
        let turned = turn.of(&self.frequencies);
        let median = median(&turned);
        let mut bytes = [0_u8; 32];
        // The last frequency is written first.
        for (byte, eight) in bytes.iter_mut().rev().zip(turned.as_flattened().chunks_exact(8)) {
            *byte = eight.iter().rev().fold(0, |bits, value| bits << 1 | u8::from(*value > median));
        }
        Pdq::from_bytes(bytes)
    }

    /// The hashes of the picture in all eight ways, in the order of [`Turn::ALL`].
    #[must_use]
    pub fn hashes(&self) -> [Pdq; 8] {
        Turn::ALL.map(|turn| self.hash(turn))
    }
}

/// The lowest frequencies of a picture of 64 x 64 but the constant ones.
pub(super) fn frequencies(small: &Small) -> [[f32; FREQUENCIES]; FREQUENCIES] {
    let cosines = &*COSINES;
    let mut result = [[0.0; FREQUENCIES]; FREQUENCIES];
    for (line, down) in result.iter_mut().zip(cosines) {
        let mut row = [0.0_f32; SIDE];
        for (weight, pixels) in down.iter().zip(small) {
            row.iter_mut().zip(pixels).for_each(|(sum, pixel)| *sum += weight * pixel);
        }
        for (value, across) in line.iter_mut().zip(cosines) {
            *value = row.iter().zip(across).map(|(value, weight)| value * weight).sum();
        }
    }
    result
}

/// The frequency in the middle; of two it is the lower.
pub(super) fn median(frequencies: &[[f32; FREQUENCIES]; FREQUENCIES]) -> f32 {
    let mut sorted: Vec<f32> = frequencies.iter().flatten().copied().collect();
    let middle = sorted.len() / 2 - 1;
    *sorted.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The sum of all steps between neighbours that are large enough to be seen, scaled as the paper does.
fn quality(small: &Small) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "cutting off the fraction is what leaves small steps out")]
    let step = |from: f32, to: f32| (((from - to) * 100.0 / 255.0) as i32).unsigned_abs();
    let down = small.iter().zip(small.iter().skip(1));
    let down: u32 = down.flat_map(|(upper, lower)| upper.iter().zip(lower)).map(|(a, b)| step(*a, *b)).sum();
    let across: u32 = small.iter().flat_map(|row| row.iter().zip(row.iter().skip(1))).map(|(a, b)| step(*a, *b)).sum();
    u8::try_from(((down + across) / 90).min(100)).unwrap_or(100)
}
