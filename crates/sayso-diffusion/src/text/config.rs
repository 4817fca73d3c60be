use std::path::PathBuf;

use serde_json::{Value, json};

use crate::DiffusionError;
use crate::config::Config;

/// How a text net is built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextConfig {
    pub(crate) width: usize,
    pub(crate) inner: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    /// The most tokens of a text.
    pub(crate) places: usize,
    pub(crate) vocabulary: usize,
    pub(crate) epsilon: f64,
    /// Numbers of the vector of a whole text, where there is one.
    pub(crate) projection: usize,
    /// Whether gelu is the quick approximation of it.
    pub(crate) quick: bool,
}

impl TextConfig {
    pub(crate) fn read(path: PathBuf) -> Result<Self, DiffusionError> {
        Self::of(&Config::read(path)?)
    }

    /// What a configuration says, be it a file's or one that was told from shapes.
    pub(crate) fn of(config: &Config) -> Result<Self, DiffusionError> {
        config.only(&[("use_attention_mask", json!(false))])?;
        let quick = match config.get("hidden_act").and_then(Value::as_str) {
            // transformers' own default.
            None | Some("quick_gelu") => true,
            Some("gelu") => false,
            Some(other) => {
                let other: String = other.chars().take(80).collect();
                return Err(config.wrong(format!("`hidden_act` is `{other}`")));
            }
        };
        let read = Self {
            width: config.number("hidden_size", 8192)?,
            inner: config.number("intermediate_size", 65_536)?,
            layers: config.number("num_hidden_layers", 128)?,
            heads: config.number("num_attention_heads", 256)?,
            places: config.number("max_position_embeddings", 4096)?,
            vocabulary: config.number("vocab_size", 1 << 20)?,
            projection: match config.get("projection_dim") {
                // transformers' own default.
                None => 512,
                Some(_) => config.number("projection_dim", 8192)?,
            },
            epsilon: config.fraction("layer_norm_eps", 1e-5)?,
            quick,
        };
        if !read.width.is_multiple_of(read.heads) || read.places < 3 {
            return Err(config.wrong("its width does not divide into its heads, or no text has room".to_owned()));
        }
        Ok(read)
    }
}
