use std::path::PathBuf;

use serde_json::json;

use crate::DiffusionError;
use crate::config::Config;

/// What the autoencoder's norms add to a variance.
pub(super) const EPSILON: f64 = 1e-6;

/// How an autoencoder is built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VaeConfig {
    /// Channels of a latent.
    pub(crate) latent: usize,
    /// Channels of each level, the one of pixels first.
    pub(crate) channels: Vec<usize>,
    pub(crate) layers: usize,
    pub(crate) groups: usize,
    /// What a latent is multiplied with before the UNet sees it.
    pub(crate) scaling: f64,
    /// Pixels along the pictures that it was trained with, and along a tile.
    pub(crate) side: usize,
}

impl VaeConfig {
    pub(crate) fn read(path: PathBuf) -> Result<Self, DiffusionError> {
        Self::of(&Config::read(path)?)
    }

    /// What a configuration says, be it a file's or one that was told from shapes.
    pub(crate) fn of(config: &Config) -> Result<Self, DiffusionError> {
        let channels = config.numbers("block_out_channels", 8192)?;
        config.only(&[
            ("_class_name", json!("AutoencoderKL")),
            ("act_fn", json!("silu")),
            ("down_block_types", json!(vec!["DownEncoderBlock2D"; channels.len()])),
            ("in_channels", json!(3)),
            ("latents_mean", json!("none of them")),
            ("latents_std", json!("none of them")),
            ("mid_block_add_attention", json!(true)),
            ("out_channels", json!(3)),
            ("shift_factor", json!("none of them")),
            ("up_block_types", json!(vec!["UpDecoderBlock2D"; channels.len()])),
            ("use_post_quant_conv", json!(true)),
            ("use_quant_conv", json!(true)),
        ])?;
        let groups = config.number("norm_num_groups", 256)?;
        if channels.iter().any(|channels| channels % groups != 0) {
            return Err(config.wrong("its channels do not divide into its groups".to_owned()));
        }
        Ok(Self {
            latent: config.number("latent_channels", 64)?,
            channels,
            layers: config.number("layers_per_block", 16)?,
            groups,
            scaling: config.fraction("scaling_factor", 0.18215)?,
            side: match config.get("sample_size") {
                // diffusers' own default.
                None => 32,
                Some(_) => config.number("sample_size", 1 << 16)?,
            },
        })
    }

    /// Pixels along a latent's pixel.
    pub(crate) fn factor(&self) -> usize {
        1 << self.channels.len().saturating_sub(1)
    }
}
