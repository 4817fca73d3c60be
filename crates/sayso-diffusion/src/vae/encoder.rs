use candle_core::{Result, Tensor};

use super::VaeConfig;
use super::config::EPSILON;
use super::middle::Middle;
use crate::DiffusionError;
use crate::net::{Convolution, GroupNorm, Parameters, Residual};
use crate::ops::Geometry;

/// From pictures to where they lie among the latents.
pub(super) struct Encoder {
    first: Convolution,
    levels: Vec<(Vec<Residual>, Option<Convolution>)>,
    middle: Middle,
    norm: GroupNorm,
    last: Convolution,
}

impl Encoder {
    pub(super) fn read(parameters: &mut Parameters, config: &VaeConfig) -> std::result::Result<Self, DiffusionError> {
        let same = Geometry::same(3);
        // Zeros below and right only.
        let halves = Geometry { stride: 2, before: 0, after: 1, ..same };
        let first = config.channels.first().copied().unwrap_or(0);
        let last = config.channels.last().copied().unwrap_or(0);
        let mut inputs = first;
        let mut levels = Vec::new();
        for (level, outputs) in config.channels.iter().enumerate() {
            let prefix = format!("encoder.down_blocks.{level}");
            let mut layers = Vec::new();
            for layer in 0..config.layers {
                let name = format!("{prefix}.resnets.{layer}");
                layers.push(Residual::read(parameters, &name, [inputs, *outputs], None, (config.groups, EPSILON))?);
                inputs = *outputs;
            }
            let halve = (level + 1 < config.channels.len())
                .then(|| {
                    let name = format!("{prefix}.downsamplers.0.conv");
                    Convolution::read(parameters, &name, [inputs, inputs], halves)
                })
                .transpose()?;
            levels.push((layers, halve));
        }
        Ok(Self {
            first: Convolution::read(parameters, "encoder.conv_in", [3, first], same)?,
            levels,
            middle: Middle::read(parameters, "encoder.mid_block", config)?,
            norm: GroupNorm::read(parameters, "encoder.conv_norm_out", last, config.groups, EPSILON)?,
            last: Convolution::read(parameters, "encoder.conv_out", [last, config.latent * 2], same)?,
        })
    }

    pub(super) fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let mut made = self.first.forward(pictures)?;
        for (layers, halve) in &self.levels {
            for layer in layers {
                made = layer.forward(&made, None)?;
            }
            if let Some(halve) = halve {
                made = halve.forward(&made)?;
            }
        }
        self.last.forward(&self.norm.forward_silu(&self.middle.forward(&made)?)?)
    }
}
