use candle_core::{Result, Tensor};

use super::each_row;
use crate::ModelError;
use crate::checkpoint::Weights;

/// Moves every row to mean zero and variance one, then scales and shifts it.
pub(crate) struct LayerNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    epsilon: f32,
}

impl LayerNorm {
    pub(crate) fn read(
        weights: &mut Weights,
        prefix: &str,
        width: usize,
        epsilon: f32,
    ) -> std::result::Result<Self, ModelError> {
        let scale = weights.numbers(&format!("{prefix}.weight"), &[width])?;
        let shift = weights.numbers(&format!("{prefix}.bias"), &[width])?;
        Ok(Self { scale, shift, epsilon })
    }

    /// The normalised rows, beside the old ones.
    pub(crate) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let normal = rows.copy()?;
        self.in_place(&normal)?;
        Ok(normal)
    }

    /// Normalises rows that nothing else needs as they were.
    pub(crate) fn in_place(&self, rows: &Tensor) -> Result<()> {
        each_row(rows, |_, row| self.normalise(row))
    }

    fn normalise(&self, row: &mut [f32]) {
        #[expect(clippy::cast_precision_loss, reason = "a row has a few thousand numbers")]
        let count = row.len() as f32;
        let mean = sum(row, |value| value) / count;
        let variance = sum(row, |value| (value - mean) * (value - mean)) / count;
        let factor = 1.0 / (variance + self.epsilon).sqrt();
        for ((value, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
            *value = (*value - mean) * factor * scale + shift;
        }
    }
}

/// A sum in eight strands, which the compiler makes one vector of, and which is more precise than one strand.
#[inline]
pub(super) fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = row.as_chunks::<8>();
    let mut strands = [0.0_f32; 8];
    for chunk in chunks {
        for (strand, value) in strands.iter_mut().zip(chunk) {
            *strand += of(*value);
        }
    }
    strands.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}
