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
        Ok(Self {
            unet: UNetConfig::read(config("unet"))?,
            text: TextConfig::read(config("text_encoder"))?,
            vae: VaeConfig::read(config("vae"))?,
        })
    }
}
