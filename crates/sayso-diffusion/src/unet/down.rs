use candle_core::{Result, Tensor};

use super::UNetConfig;
use super::time::Time;
use crate::DiffusionError;
use crate::net::{Convolution, Parameters, Residual, Transformer};
use crate::ops::Geometry;

/// A level on the way down.
pub(super) struct Down {
    layers: Vec<(Residual, Option<Transformer>)>,
    /// Halves the sides; the last level keeps them.
    halve: Option<Convolution>,
}

impl Down {
    pub(super) fn read(
        parameters: &mut Parameters,
        config: &UNetConfig,
        level: usize,
        [inputs, outputs]: [usize; 2],
    ) -> std::result::Result<Self, DiffusionError> {
        let prefix = format!("down_blocks.{level}");
        let time = Some(Time::width(config.first()));
        let attends = config.levels.get(level).and_then(|level| config.transformer(level));
        let mut layers = Vec::new();
        for layer in 0..config.layers {
            let sides = [if layer == 0 { inputs } else { outputs }, outputs];
            let norm = (config.groups, config.epsilon);
            let residual = Residual::read(parameters, &format!("{prefix}.resnets.{layer}"), sides, time, norm)?;
            let transformer = attends
                .map(|shape| Transformer::read(parameters, &format!("{prefix}.attentions.{layer}"), shape))
                .transpose()?;
            layers.push((residual, transformer));
        }
        let halve = (level + 1 < config.levels.len())
            .then(|| {
                let geometry = Geometry { stride: 2, ..Geometry::same(3) };
                Convolution::read(parameters, &format!("{prefix}.downsamplers.0.conv"), [outputs, outputs], geometry)
            })
            .transpose()?;
        Ok(Self { layers, halve })
    }

    /// Keeps what every layer gives for the way up.
    pub(super) fn forward(
        &self,
        mut made: Tensor,
        time: &Tensor,
        texts: &Tensor,
        kept: &mut Vec<Tensor>,
    ) -> Result<Tensor> {
        for (residual, transformer) in &self.layers {
            made = residual.forward(&made, Some(time))?;
            if let Some(transformer) = transformer {
                made = transformer.forward(&made, texts)?;
            }
            kept.push(made.clone());
        }
        if let Some(halve) = &self.halve {
            made = halve.forward(&made)?;
            kept.push(made.clone());
        }
        Ok(made)
    }
}
