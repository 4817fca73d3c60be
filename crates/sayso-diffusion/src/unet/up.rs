use candle_core::{Result, Tensor, bail};

use super::UNetConfig;
use super::time::Time;
use crate::DiffusionError;
use crate::net::{Convolution, Parameters, Residual, Transformer};
use crate::ops::{Geometry, beside, upsample};

/// A level on the way up.
pub(super) struct Up {
    layers: Vec<(Residual, Option<Transformer>)>,
    /// Behind doubled sides; the first level has them already.
    double: Option<Convolution>,
}

impl Up {
    /// The level of this number on the way down. `kept` are the channels of what came into it there.
    pub(super) fn read(
        parameters: &mut Parameters,
        config: &UNetConfig,
        level: usize,
        [inputs, outputs, kept]: [usize; 3],
    ) -> std::result::Result<Self, DiffusionError> {
        let prefix = format!("up_blocks.{}", config.levels.len() - 1 - level);
        let time = Some(Time::width(config.first()));
        let attends = config.levels.get(level).and_then(|level| config.transformer(level));
        let mut layers = Vec::new();
        for layer in 0..=config.layers {
            let beside = if layer == config.layers { kept } else { outputs };
            let sides = [if layer == 0 { inputs } else { outputs } + beside, outputs];
            let norm = (config.groups, config.epsilon);
            let residual = Residual::read(parameters, &format!("{prefix}.resnets.{layer}"), sides, time, norm)?;
            let transformer = attends
                .map(|shape| Transformer::read(parameters, &format!("{prefix}.attentions.{layer}"), shape))
                .transpose()?;
            layers.push((residual, transformer));
        }
        let double = (level > 0)
            .then(|| {
                let name = format!("{prefix}.upsamplers.0.conv");
                Convolution::read(parameters, &name, [outputs, outputs], Geometry::same(3))
            })
            .transpose()?;
        Ok(Self { layers, double })
    }

    /// Takes back what was kept, the latest first.
    pub(super) fn forward(
        &self,
        mut made: Tensor,
        time: &Tensor,
        texts: &Tensor,
        kept: &mut Vec<Tensor>,
    ) -> Result<Tensor> {
        for (residual, transformer) in &self.layers {
            let Some(other) = kept.pop() else {
                bail!("more was asked back than kept");
            };
            made = residual.forward(&beside(&made, &other)?, Some(time))?;
            if let Some(transformer) = transformer {
                made = transformer.forward(&made, texts)?;
            }
        }
        if let (Some(double), Some(next)) = (&self.double, kept.last()) {
            // Odd sides were halved upwards: what was kept says how large it was.
            let (_, _, height, width) = next.dims4()?;
            made = double.forward(&upsample(&made, [height, width])?)?;
        }
        Ok(made)
    }
}
