use candle_core::{Result, Tensor};

use super::VaeConfig;
use super::attention::PixelAttention;
use super::config::EPSILON;
use crate::DiffusionError;
use crate::net::{Parameters, Residual};

/// What lies where the picture is smallest.
pub(super) struct Middle {
    first: Residual,
    attention: PixelAttention,
    second: Residual,
}

impl Middle {
    pub(super) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        config: &VaeConfig,
    ) -> std::result::Result<Self, DiffusionError> {
        let channels = config.channels.last().copied().unwrap_or(0);
        let sides = [channels, channels];
        let norm = (config.groups, EPSILON);
        Ok(Self {
            first: Residual::read(parameters, &format!("{prefix}.resnets.0"), sides, None, norm)?,
            attention: PixelAttention::read(parameters, &format!("{prefix}.attentions.0"), channels, config.groups)?,
            second: Residual::read(parameters, &format!("{prefix}.resnets.1"), sides, None, norm)?,
        })
    }

    pub(super) fn forward(&self, made: &Tensor) -> Result<Tensor> {
        self.second.forward(&self.attention.forward(&self.first.forward(made, None)?)?, None)
    }
}
