use sayso_core::Pdq;

use super::Spectrum;
use crate::{Grey, Hashed};

/// Levels, of 256, by which pixels of one colour differ after compression.
const SAME: u8 = 12;
/// One in so many pixels of a line may differ more.
const STRAY: usize = 50;
/// As much of a side may be border, in fifths, at each end.
const MOST: usize = 2;

/// What is left of a picture without the border of one colour around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Framed {
    /// Where it begins and ends, from the left and from the top, in parts of the picture's sides: left, top, right, bottom.
    pub part: [f32; 4],
    /// Its hashes in all eight ways, in the order of [`Turn::ALL`](super::Turn::ALL).
    pub hashes: [Pdq; 8],
}

impl Framed {
    /// What lies within the border; none where there is no border, or what is in it is too plain for a hash.
    #[must_use]
    pub fn of(picture: &Grey) -> Option<Self> {
        let (width, height) = (picture.width(), picture.height());
        let pixels = picture.pixels();
        let row = |y: usize| pixels.iter().skip(y * width).take(width);
        let (top, bottom) = ends(height, |y| row(y).copied().collect());
        let column = |x: usize| pixels.iter().skip(x + top * width).step_by(width).take(bottom - top);
        let (left, right) = ends(width, |x| column(x).copied().collect());
        if (left, top, right, bottom) == (0, 0, width, height) {
            return None;
        }
        let inner: Vec<u8> = (top..bottom).flat_map(|y| row(y).skip(left).take(right - left).copied()).collect();
        let spectrum = Spectrum::of_grey(&Grey::new(right - left, bottom - top, inner)?)?;
        let part = |at: usize, side: usize| at as f32 / side as f32;
        let part = [part(left, width), part(top, height), part(right, width), part(bottom, height)];
        (spectrum.quality() >= Hashed::GOOD).then(|| Self { part, hashes: spectrum.hashes() })
    }
}

/// Where a side begins and ends without the lines that are of the colour of the outermost one.
fn ends(side: usize, line: impl Fn(usize) -> Vec<u8>) -> (usize, usize) {
    let most = side * MOST / 5;
    let border = |from: &dyn Fn(usize) -> usize| {
        let outermost = middle(line(from(0)));
        (0..most).take_while(|at| is_of(&line(from(*at)), outermost)).count()
    };
    (border(&|at| at), side - border(&|at| side - 1 - at))
}

fn is_of(line: &[u8], level: u8) -> bool {
    line.iter().filter(|pixel| pixel.abs_diff(level) > SAME).count() * STRAY <= line.len()
}

fn middle(mut line: Vec<u8>) -> u8 {
    line.sort_unstable();
    line.get(line.len() / 2).copied().unwrap_or_default()
}
