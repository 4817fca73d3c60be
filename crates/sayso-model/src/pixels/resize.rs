use std::ops::Range;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::Rgb;

/// How pixels between pixels are made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// A tent, two source pixels wide where nothing is made smaller.
    Bilinear,
    /// Keys' cubic with a = -0.5, four source pixels wide where nothing is made smaller.
    Bicubic,
}

impl Filter {
    const fn radius(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
        }
    }

    fn weight(self, distance: f64) -> f64 {
        const A: f64 = -0.5;
        let x = distance.abs();
        match self {
            Self::Bilinear if x < 1.0 => 1.0 - x,
            Self::Bicubic if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
            Self::Bilinear | Self::Bicubic => 0.0,
        }
    }
}

/// Bits behind the point of a weight; a sum of weighted bytes has 8 before it and 2 for what overshoots.
const FRACTION: u32 = 32 - 8 - 2;

/// One pixel of the output along one side: where its source pixels begin, and their weights.
struct Mixture {
    first: usize,
    weights: Vec<i32>,
}

/// `picture` with another size, bit for bit as PIL's `Image.resize` makes it (with its antialiasing: where a picture gets
/// smaller, the filter gets wider by as much). First the columns are mixed, then the rows, with bytes between.
#[must_use]
pub fn resize(picture: Rgb<'_>, width: usize, height: usize, filter: Filter) -> Vec<u8> {
    window(picture, (width, 0..width), (height, 0..height), filter)
}

/// The window of these columns and rows of the resized picture. Nothing outside of it is computed.
pub(super) fn window(
    picture: Rgb<'_>,
    (width, across): (usize, Range<usize>),
    (height, down): (usize, Range<usize>),
    filter: Filter,
) -> Vec<u8> {
    let across = mixtures(picture.width(), width, across, filter);
    let mut down = mixtures(picture.height(), height, down, filter);
    // Only these rows are needed of the picture whose columns are mixed.
    let first = down.iter().map(|mixture| mixture.first).min().unwrap_or(0);
    let end = down.iter().map(|mixture| mixture.first + mixture.weights.len()).max().unwrap_or(0);
    down.iter_mut().for_each(|mixture| mixture.first -= first);
    let bytes = picture.width() * 3;
    let source = picture.pixels().get(first * bytes..end * bytes).unwrap_or_default();
    rows(&columns(source, picture.width(), &across), across.len(), &down)
}

/// What the wanted of `to` pixels are mixed of, along a side of `from`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides of pictures are small numbers, and the casts cut where PIL cuts"
)]
fn mixtures(from: usize, to: usize, wanted: Range<usize>, filter: Filter) -> Vec<Mixture> {
    let scale = from as f64 / to as f64;
    let wider = scale.max(1.0);
    let radius = filter.radius() * wider;
    let one = f64::from(1_u32 << FRACTION);
    let mixture = |pixel: usize| {
        let centre = (pixel as f64 + 0.5) * scale;
        let first = ((centre - radius + 0.5).max(0.0) as usize).min(from);
        let end = ((centre + radius + 0.5).max(0.0) as usize).min(from);
        let weight = |source: usize| filter.weight((source as f64 - centre + 0.5) * (1.0 / wider));
        let weights: Vec<f64> = (first..end).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        let whole = |weight: f64| {
            let share = if sum == 0.0 { weight } else { weight / sum };
            (share * one + if share < 0.0 { -0.5 } else { 0.5 }) as i32
        };
        Mixture { first, weights: weights.into_iter().map(whole).collect() }
    };
    wanted.map(mixture).collect()
}

/// The byte that a sum of weighted bytes stands for.
const fn byte(sum: i32) -> u8 {
    let whole = sum >> FRACTION;
    if whole < 0 {
        0
    } else if whole > 255 {
        255
    } else {
        whole.to_le_bytes()[0]
    }
}

const HALF: i32 = 1 << (FRACTION - 1);

/// Every row with other columns.
fn columns(pixels: &[u8], width: usize, mixtures: &[Mixture]) -> Vec<u8> {
    let height = pixels.len() / (width * 3);
    let mut mixed = vec![0; height * mixtures.len() * 3];
    let lines = mixed.par_chunks_mut((mixtures.len() * 3).max(1)).enumerate();
    lines.for_each(|(y, mixed)| {
        let row = pixels.chunks_exact(width * 3).nth(y).unwrap_or_default().as_chunks::<3>().0;
        for (mixed, mixture) in mixed.as_chunks_mut::<3>().0.iter_mut().zip(mixtures) {
            let mut sums = [HALF; 3];
            for (pixel, weight) in row.get(mixture.first..).unwrap_or_default().iter().zip(&mixture.weights) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum = sum.wrapping_add(i32::from(*value).wrapping_mul(*weight));
                }
            }
            *mixed = sums.map(byte);
        }
    });
    mixed
}

/// Other rows, each a mixture of whole rows.
fn rows(pixels: &[u8], width: usize, mixtures: &[Mixture]) -> Vec<u8> {
    let mut mixed = vec![0; mixtures.len() * width * 3];
    let lines = mixed.par_chunks_mut((width * 3).max(1)).enumerate();
    lines.for_each(|(y, mixed)| {
        let Some(mixture) = mixtures.get(y) else {
            return;
        };
        let mut sums = vec![HALF; width * 3];
        for (row, weight) in pixels.chunks_exact(width * 3).skip(mixture.first).zip(&mixture.weights) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(i32::from(*value).wrapping_mul(*weight));
            }
        }
        for (mixed, sum) in mixed.iter_mut().zip(sums) {
            *mixed = byte(sum);
        }
    });
    mixed
}
