use candle_core::{Result, Tensor};

use super::UNetConfig;
use super::time::Time;
use crate::DiffusionError;
use crate::net::{Parameters, Residual, Transformer};

/// What lies between the way down and the way up.
pub(super) struct Middle {
    first: Residual,
    transformer: Transformer,
    second: Residual,
}

impl Middle {
    pub(super) fn read(
        parameters: &mut Parameters,
        config: &UNetConfig,
        channels: usize,
    ) -> std::result::Result<Self, DiffusionError> {
        let time = Some(Time::width(config.first()));
        let norm = (config.groups, config.epsilon);
        Ok(Self {
            first: Residual::read(parameters, "mid_block.resnets.0", [channels, channels], time, norm)?,
            transformer: Transformer::read(parameters, "mid_block.attentions.0", config.middle())?,
            second: Residual::read(parameters, "mid_block.resnets.1", [channels, channels], time, norm)?,
        })
    }

    pub(super) fn forward(&self, made: &Tensor, time: &Tensor, texts: &Tensor) -> Result<Tensor> {
        let made = self.transformer.forward(&self.first.forward(made, Some(time))?, texts)?;
        self.second.forward(&made, Some(time))
    }
}
