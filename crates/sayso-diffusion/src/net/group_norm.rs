use candle_core::{Result, Tensor};

use super::Parameters;
use crate::DiffusionError;
use crate::ops::group_norm;

/// Normalises groups of channels.
pub(crate) struct GroupNorm {
    scale: Tensor,
    shift: Tensor,
    groups: usize,
    epsilon: f64,
}

impl GroupNorm {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        channels: usize,
        groups: usize,
        epsilon: f64,
    ) -> std::result::Result<Self, DiffusionError> {
        let scale = parameters.tensor(&format!("{prefix}.weight"), &[channels])?;
        let shift = parameters.tensor(&format!("{prefix}.bias"), &[channels])?;
        Ok(Self { scale, shift, groups, epsilon })
    }

    pub(crate) fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        group_norm(pictures, &self.scale, &self.shift, self.groups, self.epsilon, false)
    }

    /// The same with silu behind it.
    pub(crate) fn forward_silu(&self, pictures: &Tensor) -> Result<Tensor> {
        group_norm(pictures, &self.scale, &self.shift, self.groups, self.epsilon, true)
    }
}
