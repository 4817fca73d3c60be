use std::path::Path;

use super::Loading;
use super::single::single_configs;
use crate::DiffusionError;
use crate::text::TextConfig;
use crate::unet::UNetConfig;
use crate::vae::VaeConfig;

/// How a model's nets are built.
pub(crate) struct Configs {
    pub(crate) unet: UNetConfig,
    /// Of the first net that reads prompts.
    pub(crate) text: TextConfig,
    /// Of the second, which XL has.
    pub(crate) second_text: Option<TextConfig>,
    pub(crate) vae: VaeConfig,
}

impl Configs {
    /// Of a folder or a single file; no weights are read. A single file says how its nets are built by its tensors' shapes,
    /// for which a pickle has to be gone through already.
    pub(crate) fn read(base: &Path, loading: &Loading) -> Result<Self, DiffusionError> {
        if base.is_file() {
            return single_configs(base, loading);
        }
        let config = |part: &str| base.join(part).join("config.json");
        let unet = UNetConfig::read(config("unet"))?;
        let second_text = unet.added.is_some().then(|| TextConfig::read(config("text_encoder_2"))).transpose()?;
        Ok(Self {
            unet,
            text: TextConfig::read(config("text_encoder"))?,
            second_text,
            vae: VaeConfig::read(config("vae"))?,
        })
    }
}
