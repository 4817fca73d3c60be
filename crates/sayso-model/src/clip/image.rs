use candle_core::{Device, Tensor};

use crate::ModelError;
use crate::checkpoint::Weights;
use crate::net::{Activation, Block, LayerNorm, Linear, Order, add_cyclic};

use super::names::{EPSILON, Names};
use super::shape::Shape;

/// The tower that sees pictures: a vision transformer.
pub(super) struct ImageTower {
    patch: usize,
    grid: usize,
    width: usize,
    patches: Linear,
    /// What is added to each place: first the class's own numbers with its place's, then those of the patches.
    places: Vec<f32>,
    before: LayerNorm,
    blocks: Vec<Block>,
    after: LayerNorm,
    projection: Linear,
}

impl ImageTower {
    pub(super) fn read(
        weights: &mut Weights,
        names: &Names,
        shape: &Shape,
        activation: Activation,
    ) -> Result<Self, ModelError> {
        let (tower, patch, grid) = (shape.image, shape.patch, shape.grid);
        let width = tower.width;
        let kernels = weights.tensor(names.patches, &[width, 3, patch, patch])?;
        // From [channel] [row] [column], as torch keeps kernels, to the pixels' order.
        let kernels = kernels.permute((0, 2, 3, 1))?.contiguous()?.reshape((width, patch * patch * 3))?;
        let mut places = weights.numbers(names.image_places, &[grid * grid + 1, width])?;
        let class = weights.numbers(names.class, &[width])?;
        places.iter_mut().zip(class).for_each(|(place, class)| *place += class);
        let blocks = blocks(weights, names, names.image_blocks, tower, activation, false)?;
        Ok(Self {
            patch,
            grid,
            width,
            patches: Linear::new(&kernels, Vec::new())?,
            places,
            before: LayerNorm::read(weights, names.before, width, EPSILON)?,
            blocks,
            after: LayerNorm::read(weights, names.after, width, EPSILON)?,
            projection: names.projection(weights, names.image_projection, width, shape.dimension)?,
        })
    }

    /// Pixels along a picture.
    pub(super) const fn side(&self) -> usize {
        self.patch * self.grid
    }

    /// `count` pictures, [row] [column] [channel] each: their vectors, not scaled.
    pub(super) fn forward(&self, pictures: Vec<f32>, count: usize) -> Result<Vec<f32>, ModelError> {
        let (grid, patch) = (self.grid, self.patch);
        let pictures = Tensor::from_vec(pictures, (count * grid, patch, grid, patch * 3), &Device::Cpu)?;
        let patches = pictures.transpose(1, 2)?.contiguous()?.reshape((count * grid * grid, patch * patch * 3))?;
        let patches = self.patches.forward(&patches, Activation::None)?.reshape((count, grid * grid, self.width))?;
        let length = grid * grid + 1;
        let class = Tensor::zeros((count, 1, self.width), candle_core::DType::F32, &Device::Cpu)?;
        let rows = Tensor::cat(&[&class, &patches], 1)?.reshape((count * length, self.width))?;
        add_cyclic(&rows, &self.places)?;
        self.before.in_place(&rows)?;
        for block in &self.blocks {
            block.forward(&rows, length)?;
        }
        let class = rows.reshape((count, length, self.width))?.narrow(1, 0, 1)?.contiguous()?;
        let class = class.reshape((count, self.width))?;
        self.after.in_place(&class)?;
        Ok(self.projection.forward(&class, Activation::None)?.flatten_all()?.to_vec1()?)
    }
}

/// The blocks of a tower.
pub(super) fn blocks(
    weights: &mut Weights,
    names: &Names,
    prefix: &str,
    tower: super::shape::Tower,
    activation: Activation,
    causal: bool,
) -> Result<Vec<Block>, ModelError> {
    let block = |number: usize| {
        let parts =
            names.parts(weights, &format!("{prefix}{number}."), [tower.width, tower.inner, tower.heads], causal)?;
        Ok(Block {
            attention: parts.attention,
            attention_norm: parts.first_norm,
            wide: parts.wide,
            narrow: parts.narrow,
            norm: parts.second_norm,
            activation,
            order: Order::Before,
        })
    };
    (0..tower.blocks).map(block).collect()
}
