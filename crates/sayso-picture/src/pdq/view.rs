use sayso_core::{Likeness, Pdq};

use super::{FREQUENCIES, SIDE, frequencies, median};
use crate::Grey;

/// Pixels of the longer side of what is kept of a picture, at most.
const LONGER: usize = 1024;
/// Halved pictures have at least as many pixels on their shorter side.
const SHORTER: usize = 16;
/// Samples along a side of a window: two for each of PDQ's pixels.
const SAMPLES: usize = 2 * SIDE;
/// A window may reach so far beyond the edge, in parts of the picture: places are not known better.
const BEYOND: f32 = 0.005;

/// A picture at several scales, to look at parts of it that lie as they like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    levels: Vec<Grey>,
}

impl View {
    /// A view of a picture, of which no more is kept than 1024 pixels of its longer side.
    #[must_use]
    pub fn of(picture: &Grey) -> Self {
        let mut level = picture.clone();
        while level.width().max(level.height()) > LONGER {
            let Some(half) = halved(&level) else { break };
            level = half;
        }
        let mut levels = vec![level];
        while let Some(half) = levels.last().and_then(halved).filter(|half| half.width().min(half.height()) >= SHORTER)
        {
            levels.push(half);
        }
        Self { levels }
    }

    /// How well the hash of another picture goes with a part of this one. `place` says where each place of the other lies
    /// in this, both from 0 to 1 from the left and from the top. None if none of it lies inside.
    ///
    /// Where a part of the other lies outside, the frequencies are those of the rest: bits then go with them less, and
    /// still better than by chance.
    #[must_use]
    pub fn likeness(&self, pdq: &Pdq, place: &dyn Fn(f32, f32) -> (f32, f32)) -> Option<Likeness> {
        let (small, inside) = self.window(place)?;
        let frequencies = frequencies(&small);
        let median = median(&frequencies);
        let bytes = pdq.as_bytes();
        let (mut with, mut all, mut squares) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (at, frequency) in frequencies.as_flattened().iter().enumerate() {
            let (height, byte) = (frequency - median, bytes.get(bytes.len() - 1 - at / 8).copied().unwrap_or_default());
            let agrees = (byte >> (at % 8) & 1 == 1) == (height > 0.0);
            let weight = height.abs().sqrt();
            with += if agrees { weight } else { -weight };
            all += height.abs();
            squares += height * height;
        }
        let count = (FREQUENCIES * FREQUENCIES) as f32;
        let spread = (all * all / squares.max(1e-6)).clamp(1.0, count);
        let agreement = with / all.max(1e-6).sqrt() * (spread / EVEN).sqrt();
        let strength = (((all / count).max(0.1).ln() - 1.0) / 3.0).clamp(0.0, 1.0);
        Some(Likeness { inside, agreement, strength })
    }

    /// The part of the picture under the window, as PDQ shrinks pictures, about its mean; and how much of it there is.
    fn window(&self, place: &dyn Fn(f32, f32) -> (f32, f32)) -> Option<([[f32; SIDE]; SIDE], f32)> {
        let level = self.level(place)?;
        let at = |index: usize| (index as f32 + 0.5) / SAMPLES as f32;
        let mut samples = vec![None; SAMPLES * SAMPLES];
        for (number, sample) in samples.iter_mut().enumerate() {
            let (x, y) = place(at(number % SAMPLES), at(number / SAMPLES));
            let is_inside = |part: f32| (-BEYOND..=1.0 + BEYOND).contains(&part);
            *sample = (is_inside(x) && is_inside(y)).then(|| between(level, x, y));
        }
        let inside = samples.iter().flatten().count();
        let mean = samples.iter().flatten().sum::<f32>() / inside as f32;
        let sample = |row: usize, column: usize| {
            samples.get(row * SAMPLES + column).copied().flatten().map_or(0.0, |value: f32| value - mean)
        };
        let small = std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                let four = [(0, 0), (0, 1), (1, 0), (1, 1)];
                four.iter().map(|(down, across)| sample(2 * row + down, 2 * column + across)).sum::<f32>() / 4.0
            })
        });
        (inside > 0).then_some((small, inside as f32 / samples.len() as f32))
    }

    /// The level whose pixels are the nearest to the samples of a window.
    fn level(&self, place: &dyn Fn(f32, f32) -> (f32, f32)) -> Option<&Grey> {
        let first = self.levels.first()?;
        let (width, height) = (first.width() as f32, first.height() as f32);
        let (origin, right, lower) = (place(0.0, 0.0), place(1.0, 0.0), place(0.0, 1.0));
        let side = |to: (f32, f32)| ((to.0 - origin.0) * width).hypot((to.1 - origin.1) * height);
        let pixels = side(right).max(side(lower)) / SAMPLES as f32;
        let number = pixels.max(1.0).log2().round() as usize;
        self.levels.get(number.min(self.levels.len() - 1))
    }
}

/// How many of 256 frequencies are about as strong as one another in most photographs: what a hash says there.
const EVEN: f32 = 160.0;

fn halved(picture: &Grey) -> Option<Grey> {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let mut pixels = Vec::with_capacity(width * height);
    let rows: Vec<&[u8]> = picture.rows().collect();
    for pair in rows.chunks_exact(2) {
        let [upper, lower] = pair else { continue };
        let four = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        pixels.extend(four.map(|(a, b)| {
            let sum: u16 = a.iter().chain(b).map(|value| u16::from(*value)).sum();
            ((sum + 2) / 4) as u8
        }));
    }
    Grey::new(width, height, pixels)
}

/// The value between pixels; places count from 0 to 1.
fn between(picture: &Grey, x: f32, y: f32) -> f32 {
    let along = |part: f32, side: usize| {
        let at = (part * side as f32 - 0.5).clamp(0.0, side as f32 - 1.0);
        let first = at as usize;
        (first, (first + 1).min(side - 1), at - first as f32)
    };
    let (left, right, across) = along(x, picture.width());
    let (upper, lower, down) = along(y, picture.height());
    let pixel =
        |row: usize, column: usize| picture.pixels().get(row * picture.width() + column).map_or(0.0, |v| f32::from(*v));
    let line = |row: usize| pixel(row, left) + (pixel(row, right) - pixel(row, left)) * across;
    line(upper) + (line(lower) - line(upper)) * down
}
