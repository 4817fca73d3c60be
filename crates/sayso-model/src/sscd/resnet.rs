use std::fmt;

use candle_core::{Device, Tensor};

use crate::ModelError;
use crate::checkpoint::Weights;
use crate::net::{Activation, Convolution, Linear, add, each_row, generalised_mean, largest};

use super::names::{Names, Pair};

/// Stages of a ResNet; each but the first halves the picture.
const STAGES: usize = 4;
/// Blocks of a stage that a header may ask for; a ResNet-152 has 36.
const BLOCKS: usize = 64;

/// A ResNet with bottlenecks, up to its projection.
pub(super) struct ResNet {
    stem: Convolution,
    blocks: Vec<Bottleneck>,
    counts: [usize; STAGES],
    projection: Linear,
    dimension: usize,
}

/// One pixel, three times three, one pixel; what went in is added.
struct Bottleneck {
    first: Convolution,
    middle: Convolution,
    last: Convolution,
    /// What the input takes where its shape changes.
    beside: Option<Convolution>,
}

impl ResNet {
    pub(super) fn read(weights: &mut Weights, names: &Names) -> Result<Self, ModelError> {
        let stem = names.stem();
        let [width, ..] = sides(weights, &stem)?;
        let stem = read(weights, &stem, [width, 3, 7, 2])?;
        let mut blocks = Vec::new();
        let mut counts = [0; STAGES];
        let mut inputs = width;
        for (stage, count) in counts.iter_mut().enumerate() {
            *count = names.blocks(weights, stage).min(BLOCKS);
            for block in 0..*count {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                let ([first, middle, last], beside) = names.block(stage, block);
                let [inner, ..] = sides(weights, &first)?;
                let [outputs, ..] = sides(weights, &last)?;
                let changes = stride > 1 || inputs != outputs;
                blocks.push(Bottleneck {
                    first: read(weights, &first, [inner, inputs, 1, 1])?,
                    // A ResNeXt's kernels have fewer inputs, which is another shape, and refused.
                    middle: read(weights, &middle, [inner, inner, 3, stride])?,
                    last: read(weights, &last, [outputs, inner, 1, 1])?,
                    beside: changes.then(|| read(weights, &beside, [outputs, inputs, 1, stride])).transpose()?,
                });
                inputs = outputs;
            }
        }
        let projection = names.projection();
        let matrix = format!("{projection}.weight");
        let [dimension, _] =
            weights.shape::<2>(&matrix).ok_or_else(|| weights.wrong(&matrix, "is missing".to_owned()))?;
        let projection = Linear::read(weights, &projection, inputs, dimension)?;
        Ok(Self { stem, blocks, counts, projection, dimension })
    }

    pub(super) const fn dimension(&self) -> usize {
        self.dimension
    }

    /// `count` pictures of so many rows and columns, [row] [column] [channel] each: their vectors, not scaled.
    pub(super) fn forward(
        &self,
        pictures: Vec<f32>,
        count: usize,
        [high, wide]: [usize; 2],
    ) -> Result<Vec<f32>, ModelError> {
        let pictures = Tensor::from_vec(pictures, (count, high, wide, 3), &Device::Cpu)?;
        let mut rows = largest(&self.stem.forward(&pictures, Activation::Relu)?)?;
        for block in &self.blocks {
            rows = block.forward(&rows)?;
        }
        let pooled = generalised_mean(&rows)?;
        Ok(self.projection.forward(&pooled, Activation::None)?.flatten_all()?.to_vec1()?)
    }
}

impl Bottleneck {
    fn forward(&self, rows: &Tensor) -> candle_core::Result<Tensor> {
        let inner = self.middle.forward(&self.first.forward(rows, Activation::Relu)?, Activation::Relu)?;
        let outer = self.last.forward(&inner, Activation::None)?;
        match &self.beside {
            Some(beside) => add(&outer, &beside.forward(rows, Activation::None)?)?,
            None => add(&outer, rows)?,
        }
        each_row(&outer, |_, row| Activation::Relu.apply(row, &[]))?;
        Ok(outer)
    }
}

fn read(weights: &mut Weights, pair: &Pair, shape: [usize; 4]) -> Result<Convolution, ModelError> {
    Convolution::read(weights, &pair.convolution, &pair.normalisation, shape)
}

/// The shape of a convolution's kernels.
fn sides(weights: &Weights, pair: &Pair) -> Result<[usize; 4], ModelError> {
    let name = format!("{}.weight", pair.convolution);
    weights.shape::<4>(&name).ok_or_else(|| weights.wrong(&name, "is missing".to_owned()))
}

impl fmt::Display for ResNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, fourth] = self.counts;
        write!(f, "resnet {first}-{second}-{third}-{fourth} {}", self.dimension)
    }
}
