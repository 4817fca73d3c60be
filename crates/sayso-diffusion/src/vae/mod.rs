//! The autoencoder between pictures and the small latents that the UNet works on.

mod attention;
mod config;
mod decoder;
mod encoder;
mod middle;
#[cfg(test)]
mod tests;
mod tiles;

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use sayso_core::Sha256;

use crate::DiffusionError;
use crate::net::{Convolution, Parameters};
use crate::ops::{Geometry, inside};

pub(crate) use config::VaeConfig;

use decoder::Decoder;
use encoder::Encoder;
use tiles::Tiles;

/// Where a picture lies among the latents: each number's mean, and the logarithm of its variance.
pub(crate) struct Moments {
    pub(crate) mean: Tensor,
    pub(crate) log_variance: Tensor,
}

/// An autoencoder.
pub(crate) struct Vae {
    config: VaeConfig,
    encoder: Encoder,
    into: Convolution,
    out: Convolution,
    decoder: Decoder,
    /// Where it is computed. What goes in and comes out lies in the machine's own memory.
    device: Device,
}

impl Vae {
    pub(crate) fn open(
        folder: &Path,
        mut parameters: Parameters,
    ) -> std::result::Result<(Self, Sha256), DiffusionError> {
        let vae = Self::read(VaeConfig::read(folder.join("config.json"))?, &mut parameters)?;
        Ok((vae, parameters.finish()?.digest))
    }

    /// The autoencoder of this configuration.
    pub(crate) fn read(config: VaeConfig, parameters: &mut Parameters) -> std::result::Result<Self, DiffusionError> {
        let pixel = Geometry::same(1);
        let (latent, both) = (config.latent, config.latent * 2);
        Ok(Self {
            encoder: Encoder::read(parameters, &config)?,
            into: Convolution::read(parameters, "quant_conv", [both, both], pixel)?,
            out: Convolution::read(parameters, "post_quant_conv", [latent, latent], pixel)?,
            decoder: Decoder::read(parameters, &config)?,
            device: parameters.device().clone(),
            config,
        })
    }

    pub(crate) const fn config(&self) -> &VaeConfig {
        &self.config
    }

    /// Pictures, numbers from -1 to 1, as latents that are not scaled.
    pub(crate) fn encode(&self, pictures: &Tensor) -> Result<Moments> {
        self.parted(&self.encoded(pictures)?)
    }

    fn encoded(&self, pictures: &Tensor) -> Result<Tensor> {
        let pictures = &pictures.to_device(&self.device)?;
        inside(pictures, || self.into.forward(&self.encoder.forward(pictures)?)?.to_device(&Device::Cpu))
    }

    /// The same by tiles, if there are several.
    pub(crate) fn encode_tiled(&self, pictures: &Tensor) -> Result<Moments> {
        let tiles = Tiles { taken: self.config.side, made: self.config.side / self.config.factor() };
        if !tiles.are_several(pictures)? {
            return self.encode(pictures);
        }
        self.parted(&tiles.each(pictures, &mut |tile| self.encoded(tile))?)
    }

    fn parted(&self, both: &Tensor) -> Result<Moments> {
        let latent = self.config.latent;
        let log_variance = both.narrow(1, latent, latent)?.clamp(-30.0_f32, 20.0_f32)?;
        Ok(Moments { mean: both.narrow(1, 0, latent)?, log_variance })
    }

    /// Latents that are not scaled as pictures, numbers about from -1 to 1.
    pub(crate) fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.decode_while(latents, false, &mut || Ok(()))
    }

    /// The same, by tiles if that is asked for and there are several. `go_on` is asked between the layers, and its error ends
    /// it.
    pub(crate) fn decode_while(
        &self,
        latents: &Tensor,
        tiled: bool,
        go_on: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Tensor> {
        let tiles = Tiles { taken: (self.config.side / self.config.factor()).max(1), made: self.config.side };
        let mut decode = |latents: &Tensor| {
            let latents = self.out.forward(&latents.to_device(&self.device)?)?;
            self.decoder.forward(&latents, go_on)?.to_device(&Device::Cpu)
        };
        if tiled && tiles.are_several(latents)? {
            return tiles.each(latents, &mut decode);
        }
        decode(latents)
    }
}
