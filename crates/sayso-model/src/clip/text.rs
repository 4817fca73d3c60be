use candle_core::{Device, Tensor};

use crate::ModelError;
use crate::checkpoint::Weights;
use crate::net::{Activation, Block, LayerNorm, Linear, add_cyclic};

use super::image::blocks;
use super::names::{EPSILON, Names};
use super::shape::Shape;

/// The tower that reads texts. Its places see only those before them; the last one has seen the whole text.
pub(super) struct TextTower {
    width: usize,
    tokens: Tensor,
    places: Vec<f32>,
    most: usize,
    blocks: Vec<Block>,
    norm: LayerNorm,
    projection: Linear,
}

impl TextTower {
    pub(super) fn read(
        weights: &mut Weights,
        names: &Names,
        shape: &Shape,
        activation: Activation,
    ) -> Result<Self, ModelError> {
        let width = shape.text.width;
        Ok(Self {
            width,
            tokens: weights.tensor(names.tokens, &[shape.vocabulary, width])?,
            places: weights.numbers(names.text_places, &[shape.places, width])?,
            most: shape.places,
            blocks: blocks(weights, names, names.text_blocks, shape.text, activation, true)?,
            norm: LayerNorm::read(weights, names.text_norm, width, EPSILON)?,
            projection: names.projection(weights, names.text_projection, width, shape.dimension)?,
        })
    }

    /// The most tokens of a text.
    pub(super) const fn places(&self) -> usize {
        self.most
    }

    /// Texts of `length` tokens each, one after another, the last token of each its end: their vectors, not scaled.
    pub(super) fn forward(&self, tokens: &[u32], length: usize) -> Result<Vec<Vec<f32>>, ModelError> {
        let rows = self.tokens.index_select(&Tensor::new(tokens, &Device::Cpu)?, 0)?;
        let count = tokens.len() / length;
        add_cyclic(&rows, self.places.get(..length * self.width).unwrap_or(&self.places))?;
        for block in &self.blocks {
            block.forward(&rows, length)?;
        }
        let ends = rows.reshape((count, length, self.width))?.narrow(1, length - 1, 1)?.contiguous()?;
        let ends = ends.reshape((count, self.width))?;
        self.norm.in_place(&ends)?;
        Ok(self.projection.forward(&ends, Activation::None)?.to_vec2()?)
    }
}
