//! The net that says what in a picture is noise, given the time step and a text.

mod config;
mod down;
#[cfg(test)]
mod measured;
mod middle;
mod recomputed;
#[cfg(test)]
mod tests;
mod time;
mod up;

use std::path::Path;

use candle_core::{Device, Result, Tensor};

use crate::DiffusionError;
use crate::adapter::Outline;
use crate::net::{Complete, Convolution, GroupNorm, Parameters};
use crate::ops::{Geometry, inside};

pub(crate) use config::UNetConfig;
pub(crate) use time::Added;

use down::Down;
use middle::Middle;
use time::Time;
use up::Up;

/// A UNet.
pub(crate) struct UNet {
    config: UNetConfig,
    time: Time,
    first: Convolution,
    down: Vec<Down>,
    middle: Middle,
    up: Vec<Up>,
    norm: GroupNorm,
    last: Convolution,
    /// Where it is computed. What goes in and comes out lies in the machine's own memory.
    device: Device,
}

impl UNet {
    /// The net of a folder, with tensors that stay as they are, or that can be trained.
    pub(crate) fn open(
        folder: &Path,
        mut parameters: Parameters,
    ) -> std::result::Result<(Self, Complete), DiffusionError> {
        let config = UNetConfig::read(folder.join("config.json"))?;
        let net = Self::read(config, &mut parameters)?;
        Ok((net, parameters.finish()?))
    }

    /// The names and shapes of its modules.
    pub(crate) fn outline(config: UNetConfig) -> std::result::Result<Outline, DiffusionError> {
        let mut parameters = Parameters::outline();
        Self::read(config, &mut parameters)?;
        Ok(parameters.into_outline())
    }

    /// The net of this configuration.
    pub(crate) fn read(config: UNetConfig, parameters: &mut Parameters) -> std::result::Result<Self, DiffusionError> {
        let channels: Vec<usize> = config.levels.iter().map(|level| level.channels).collect();
        let (first, last) = (channels.first().copied().unwrap_or(0), channels.last().copied().unwrap_or(0));
        let time = Time::read(parameters, first, config.added)?;
        let same = Geometry::same(3);
        let mut down = Vec::new();
        let mut inputs = first;
        for (level, outputs) in channels.iter().enumerate() {
            down.push(Down::read(parameters, &config, level, [inputs, *outputs])?);
            inputs = *outputs;
        }
        let middle = Middle::read(parameters, &config, last)?;
        let mut up = Vec::new();
        let mut inputs = last;
        for level in (0..channels.len()).rev() {
            // What was kept on the way down: the level's own outputs, and before them what came into the level.
            let outputs = channels.get(level).copied().unwrap_or(0);
            let kept = level.checked_sub(1).and_then(|before| channels.get(before)).copied().unwrap_or(first);
            up.push(Up::read(parameters, &config, level, [inputs, outputs, kept])?);
            inputs = outputs;
        }
        Ok(Self {
            time,
            first: Convolution::read(parameters, "conv_in", [config.inputs, first], same)?,
            down,
            middle,
            up,
            norm: GroupNorm::read(parameters, "conv_norm_out", first, config.groups, config.epsilon)?,
            last: Convolution::read(parameters, "conv_out", [first, config.latent], same)?,
            device: parameters.device().clone(),
            config,
        })
    }

    pub(crate) const fn config(&self) -> &UNetConfig {
        &self.config
    }

    /// The same for nets that want nothing besides.
    #[cfg(test)]
    pub(crate) fn forward(&self, latents: &Tensor, steps: &[f32], texts: &Tensor) -> Result<Tensor> {
        self.forward_added(latents, steps, texts, None)
    }

    /// The noise in `latents` [picture] [channel] [row] [column], each at its own step, given texts [picture] [token] [number],
    /// and what nets of Stable Diffusion XL want besides.
    pub(crate) fn forward_added(
        &self,
        latents: &Tensor,
        steps: &[f32],
        texts: &Tensor,
        added: Option<&Added>,
    ) -> Result<Tensor> {
        let (latents, texts) = (&latents.to_device(&self.device)?, &texts.to_device(&self.device)?);
        inside(latents, || {
            let time = self.time.forward(steps, added)?;
            let mut made = self.first.forward(latents)?;
            let mut kept = vec![made.clone()];
            for block in &self.down {
                made = block.forward(made, &time, texts, &mut kept)?;
            }
            made = self.middle.forward(&made, &time, texts)?;
            for block in &self.up {
                made = block.forward(made, &time, texts, &mut kept)?;
            }
            self.last.forward(&self.norm.forward_silu(&made)?)?.to_device(&Device::Cpu)
        })
    }
}
