use candle_core::{Result, Tensor};

use super::transformer_block::TransformerBlock;
use super::{Convolution, GroupNorm, Linear, Parameters};
use crate::DiffusionError;
use crate::ops::{Geometry, reshaped, sum, turned};

/// What diffusers' transformers add to variances of groups.
const OF_GROUPS: f64 = 1e-6;

/// How a transformer is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TransformerShape {
    pub(crate) width: usize,
    /// Numbers of a text's token.
    pub(crate) context: usize,
    pub(crate) heads: usize,
    pub(crate) groups: usize,
    /// Blocks, one behind the other.
    pub(crate) depth: usize,
    /// Whether what leads in and out is kept as a matrix, and not as a convolution of one pixel.
    pub(crate) linear: bool,
}

/// What leads into the blocks and out of them. Both kinds compute the same; files have either.
enum Way {
    Pixels(Convolution),
    Rows(Linear),
}

impl Way {
    fn read(
        parameters: &mut Parameters,
        name: &str,
        width: usize,
        linear: bool,
    ) -> std::result::Result<Self, DiffusionError> {
        let sides = [width, width];
        if linear {
            return Ok(Self::Rows(Linear::read(parameters, name, sides)?));
        }
        Ok(Self::Pixels(Convolution::read(parameters, name, sides, Geometry::same(1))?))
    }
}

/// The pixels of a picture look at each other, then at the text, then each goes through two layers; once or several times.
pub(crate) struct Transformer {
    norm: GroupNorm,
    into: Way,
    blocks: Vec<TransformerBlock>,
    out: Way,
}

impl Transformer {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        shape: TransformerShape,
    ) -> std::result::Result<Self, DiffusionError> {
        let mut blocks = Vec::with_capacity(shape.depth);
        for number in 0..shape.depth {
            blocks.push(TransformerBlock::read(parameters, &format!("{prefix}.transformer_blocks.{number}"), shape)?);
        }
        Ok(Self {
            norm: GroupNorm::read(parameters, &format!("{prefix}.norm"), shape.width, shape.groups, OF_GROUPS)?,
            into: Way::read(parameters, &format!("{prefix}.proj_in"), shape.width, shape.linear)?,
            blocks,
            out: Way::read(parameters, &format!("{prefix}.proj_out"), shape.width, shape.linear)?,
        })
    }

    pub(crate) fn forward(&self, pictures: &Tensor, context: &Tensor) -> Result<Tensor> {
        let (count, channels, height, width) = pictures.dims4()?;
        let as_rows = |made: &Tensor| reshaped(made, (count, channels, height * width)).and_then(|made| turned(&made));
        let as_pictures = |rows: &Tensor| reshaped(&turned(rows)?, (count, channels, height, width));
        let normal = self.norm.forward(pictures)?;
        let mut rows = match &self.into {
            Way::Pixels(convolution) => as_rows(&convolution.forward(&normal)?)?,
            Way::Rows(linear) => linear.forward(&as_rows(&normal)?)?,
        };
        for block in &self.blocks {
            rows = block.forward(&rows, context)?;
        }
        match &self.out {
            Way::Pixels(convolution) => convolution.forward_onto(&as_pictures(&rows)?, pictures),
            Way::Rows(linear) => sum(&as_pictures(&linear.forward(&rows)?)?, pictures),
        }
    }
}
