//! What the numeric tests share: the fixtures, and how far a vector is from the expected one.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use crate::checkpoint::{Checkpoint, Weights};
use crate::{Rgb, Vectors};

/// A fixture; `tests/fixtures/export.py` wrote it.
pub(crate) fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name].iter().collect()
}

pub(crate) fn weights(name: &str) -> Weights {
    Weights::new(Checkpoint::open(&path(name)).unwrap())
}

/// A tensor of a fixture, with its shape.
pub(crate) fn numbers(weights: &mut Weights, name: &str) -> (Vec<f32>, Vec<usize>) {
    let shape = weights.checkpoint().places()[name].shape.clone();
    (weights.numbers(name, &shape).unwrap(), shape)
}

/// A picture that owns its pixels.
pub(crate) struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    pub(crate) fn rgb(&self) -> Rgb<'_> {
        Rgb::new(self.width, self.height, &self.pixels).unwrap()
    }

    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

pub(crate) fn picture(weights: &mut Weights, name: &str) -> Picture {
    let (numbers, shape) = numbers(weights, name);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they are bytes")]
    let pixels = numbers.iter().map(|number| *number as u8).collect();
    Picture { width: shape[1], height: shape[0], pixels }
}

/// The largest difference between vectors and the expected ones, which are of length one.
pub(crate) fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()).fold(0.0, f32::max)
}

/// Asserts that each vector is the expected one, up to 1e-5 of its length.
pub(crate) fn assert_close(found: &Vectors, expected: &[f32], what: &str) {
    let width = found.dimension();
    assert_eq!(found.values().len(), expected.len(), "{what}");
    for (number, (row, expected)) in found.rows().zip(expected.chunks(width)).enumerate() {
        let distance: f32 = row.iter().zip(expected).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt();
        println!("{what} {number}: {distance:e}");
        assert!(distance < 1e-5, "{what} {number} is {distance} off");
    }
}
