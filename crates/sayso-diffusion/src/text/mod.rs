//! The net that reads prompts: CLIP's text tower, of which every token's vector is wanted. It is computed with the
//! differentiable operations, so that it can be trained, too; the one for vectors in `sayso-model` cannot.

mod config;
mod layer;
mod merges;
mod prompt;
#[cfg(test)]
mod tests;

use std::path::Path;

use candle_core::{Device, Result, Tensor, bail};

use crate::DiffusionError;
use crate::adapter::Outline;
use crate::net::{Complete, LayerNorm, Linear, Parameters};

pub(crate) use config::TextConfig;
pub(crate) use prompt::Prompts;

use layer::Layer;

/// The text tower of a CLIP.
pub(crate) struct TextNet {
    config: TextConfig,
    tokens: Tensor,
    places: Tensor,
    layers: Vec<Layer>,
    norm: LayerNorm,
    /// Makes one vector of a text's end, in towers that are asked for it.
    projection: Option<Linear>,
}

impl TextNet {
    /// The tower of a folder, of which every token's vector is wanted.
    pub(crate) fn open(
        folder: &Path,
        mut parameters: Parameters,
    ) -> std::result::Result<(Self, Complete), DiffusionError> {
        let config = TextConfig::read(folder.join("config.json"))?;
        let net = Self::read(config, &mut parameters, false)?;
        Ok((net, parameters.finish()?))
    }

    /// The names and shapes of its modules.
    pub(crate) fn outline(config: TextConfig) -> std::result::Result<Outline, DiffusionError> {
        let mut parameters = Parameters::outline();
        Self::read(config, &mut parameters, false)?;
        Ok(parameters.into_outline())
    }

    /// The tower of this configuration. With a `projection`, a vector of the whole text can be had of it.
    pub(crate) fn read(
        config: TextConfig,
        parameters: &mut Parameters,
        projection: bool,
    ) -> std::result::Result<Self, DiffusionError> {
        let width = config.width;
        let projection = projection
            .then(|| Linear::named(parameters, &["text_projection"], [width, config.projection], false))
            .transpose()?;
        // transformers 5 writes the names without it.
        let tower = if parameters.has("text_model.") { "text_model." } else { "" };
        let mut layers = Vec::new();
        for layer in 0..config.layers {
            layers.push(Layer::read(parameters, &format!("{tower}encoder.layers.{layer}"), &config)?);
        }
        let mut embedding = |name: &str, count: usize| {
            parameters.tensor(&format!("{tower}embeddings.{name}_embedding.weight"), &[count, width])
        };
        let (tokens, places) = (embedding("token", config.vocabulary)?, embedding("position", config.places)?);
        let norm = LayerNorm::read(parameters, &format!("{tower}final_layer_norm"), width, config.epsilon)?;
        parameters.pass_over(|name| name.ends_with("embeddings.position_ids"));
        Ok(Self { config, tokens, places, layers, norm, projection })
    }

    /// Adds the vectors of tokens that are not in its vocabulary; they get the numbers after its last.
    pub(crate) fn extend(&mut self, vectors: &[Tensor]) -> Result<()> {
        if !vectors.is_empty() {
            let added = Tensor::stack(vectors, 0)?.to_device(self.tokens.device())?;
            self.tokens = Tensor::cat(&[&self.tokens, &added], 0)?;
        }
        Ok(())
    }

    pub(crate) const fn config(&self) -> &TextConfig {
        &self.config
    }

    /// A vector for every token. The last `skipped` layers are left out.
    pub(crate) fn forward(&self, texts: &[Vec<u32>], skipped: usize) -> Result<Tensor> {
        let kept = self.layers.len().saturating_sub(skipped);
        self.norm.forward(&self.through(&self.embedded(texts)?, 0, kept)?)?.to_device(&Device::Cpu)
    }

    /// The same before the last normalisation.
    pub(crate) fn hidden(&self, texts: &[Vec<u32>], skipped: usize) -> Result<Tensor> {
        let kept = self.layers.len().saturating_sub(skipped);
        self.through(&self.embedded(texts)?, 0, kept)?.to_device(&Device::Cpu)
    }

    /// The vectors before the last normalisation of all layers but the last `skipped`, and one vector of each whole text: of
    /// its first token `end`, after all layers.
    pub(crate) fn both(&self, texts: &[Vec<u32>], skipped: usize, end: u32) -> Result<(Tensor, Tensor)> {
        let Some(projection) = &self.projection else {
            bail!("this net has no vector of a whole text");
        };
        let kept = self.layers.len().saturating_sub(skipped);
        let hidden = self.through(&self.embedded(texts)?, 0, kept)?;
        let last = self.norm.forward(&self.through(&hidden, kept, self.layers.len())?)?;
        let mut ends = Vec::with_capacity(texts.len());
        for (number, text) in texts.iter().enumerate() {
            let place = text.iter().position(|token| *token == end).unwrap_or_default();
            ends.push(last.get(number)?.narrow(0, place, 1)?);
        }
        let whole = projection.forward(&Tensor::cat(&ends, 0)?)?;
        Ok((hidden.to_device(&Device::Cpu)?, whole.to_device(&Device::Cpu)?))
    }

    fn embedded(&self, texts: &[Vec<u32>]) -> Result<Tensor> {
        let length = texts.first().map_or(0, Vec::len);
        let tokens: Vec<u32> = texts.iter().flatten().copied().collect();
        let rows = self.tokens.index_select(&Tensor::new(tokens.as_slice(), self.tokens.device())?, 0)?;
        let rows = rows.reshape((texts.len(), length, self.config.width))?;
        rows.broadcast_add(&self.places.narrow(0, 0, length)?)
    }

    fn through(&self, rows: &Tensor, from: usize, to: usize) -> Result<Tensor> {
        let mut rows = rows.clone();
        for layer in self.layers.iter().take(to).skip(from) {
            rows = layer.forward(&rows)?;
        }
        Ok(rows)
    }
}
