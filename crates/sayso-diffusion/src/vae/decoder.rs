use candle_core::{Result, Tensor};

use super::VaeConfig;
use super::config::EPSILON;
use super::middle::Middle;
use crate::DiffusionError;
use crate::net::{Convolution, GroupNorm, Parameters, Residual};
use crate::ops::{Geometry, upsample};

/// From latents to pictures.
pub(super) struct Decoder {
    first: Convolution,
    middle: Middle,
    levels: Vec<(Vec<Residual>, Option<Convolution>)>,
    norm: GroupNorm,
    last: Convolution,
}

impl Decoder {
    pub(super) fn read(parameters: &mut Parameters, config: &VaeConfig) -> std::result::Result<Self, DiffusionError> {
        let same = Geometry::same(3);
        let first = config.channels.last().copied().unwrap_or(0);
        let last = config.channels.first().copied().unwrap_or(0);
        let mut inputs = first;
        let mut levels = Vec::new();
        for (level, outputs) in config.channels.iter().rev().enumerate() {
            let prefix = format!("decoder.up_blocks.{level}");
            let mut layers = Vec::new();
            for layer in 0..=config.layers {
                let name = format!("{prefix}.resnets.{layer}");
                layers.push(Residual::read(parameters, &name, [inputs, *outputs], None, (config.groups, EPSILON))?);
                inputs = *outputs;
            }
            let double = (level + 1 < config.channels.len())
                .then(|| {
                    let name = format!("{prefix}.upsamplers.0.conv");
                    Convolution::read(parameters, &name, [inputs, inputs], same)
                })
                .transpose()?;
            levels.push((layers, double));
        }
        Ok(Self {
            first: Convolution::read(parameters, "decoder.conv_in", [config.latent, first], same)?,
            middle: Middle::read(parameters, "decoder.mid_block", config)?,
            levels,
            norm: GroupNorm::read(parameters, "decoder.conv_norm_out", last, config.groups, EPSILON)?,
            last: Convolution::read(parameters, "decoder.conv_out", [last, 3], same)?,
        })
    }

    /// `go_on` is asked between the layers.
    pub(super) fn forward(&self, latents: &Tensor, go_on: &mut dyn FnMut() -> Result<()>) -> Result<Tensor> {
        let mut made = self.middle.forward(&self.first.forward(latents)?)?;
        for (layers, double) in &self.levels {
            for layer in layers {
                go_on()?;
                made = layer.forward(&made, None)?;
            }
            if let Some(double) = double {
                let (_, _, height, width) = made.dims4()?;
                made = double.forward(&upsample(&made, [height * 2, width * 2])?)?;
            }
        }
        self.last.forward(&self.norm.forward_silu(&made)?)
    }
}
