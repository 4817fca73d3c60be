use candle_core::{Result, Tensor};

use super::{Activation, each_row};
use crate::ModelError;
use crate::checkpoint::Weights;

/// A product with a matrix, and what is added to it.
pub(crate) struct Linear {
    /// A column for each output.
    matrix: Tensor,
    /// Empty if nothing is added.
    bias: Vec<f32>,
}

impl Linear {
    /// From a matrix with a row for each output, as torch's `Linear` keeps it.
    pub(crate) fn new(matrix: &Tensor, bias: Vec<f32>) -> Result<Self> {
        Ok(Self { matrix: matrix.t()?, bias })
    }

    /// The `Linear` of torch below `prefix`.
    pub(crate) fn read(
        weights: &mut Weights,
        prefix: &str,
        inputs: usize,
        outputs: usize,
    ) -> std::result::Result<Self, ModelError> {
        let matrix = weights.tensor(&format!("{prefix}.weight"), &[outputs, inputs])?;
        let bias = weights.numbers(&format!("{prefix}.bias"), &[outputs])?;
        Ok(Self::new(&matrix, bias)?)
    }

    /// Several inputs, a row each, through the layer.
    pub(crate) fn forward(&self, rows: &Tensor, activation: Activation) -> Result<Tensor> {
        let product = rows.matmul(&self.matrix)?;
        if activation != Activation::None || !self.bias.is_empty() {
            each_row(&product, |_, row| activation.apply(row, &self.bias))?;
        }
        Ok(product)
    }
}
