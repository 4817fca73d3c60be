use candle_core::{Result, Tensor};

use super::Parameters;
use crate::DiffusionError;
use crate::ops::layer_norm;

/// Normalises rows.
pub(crate) struct LayerNorm {
    scale: Tensor,
    shift: Tensor,
    epsilon: f64,
}

impl LayerNorm {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        width: usize,
        epsilon: f64,
    ) -> std::result::Result<Self, DiffusionError> {
        let scale = parameters.tensor(&format!("{prefix}.weight"), &[width])?;
        let shift = parameters.tensor(&format!("{prefix}.bias"), &[width])?;
        Ok(Self { scale, shift, epsilon })
    }

    pub(crate) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        layer_norm(rows, &self.scale, &self.shift, self.epsilon)
    }
}
