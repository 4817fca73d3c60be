use candle_core::{Result, Tensor};

use super::{LowRank, Parameters};
use crate::DiffusionError;
use crate::ops::{Geometry, conv2d, conv2d_onto, sum};

/// A convolution.
pub(crate) struct Convolution {
    kernels: Tensor,
    bias: Tensor,
    geometry: Geometry,
    /// What adapters add.
    added: Vec<LowRank>,
}

impl Convolution {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        [inputs, outputs]: [usize; 2],
        geometry: Geometry,
    ) -> std::result::Result<Self, DiffusionError> {
        let shape = [outputs, inputs, geometry.kernel, geometry.kernel];
        let kernels = parameters.tensor(&format!("{prefix}.weight"), &shape)?;
        let bias = parameters.tensor(&format!("{prefix}.bias"), &[outputs])?;
        let added = parameters.added(&[prefix], &shape)?;
        Ok(Self { kernels, bias, geometry, added })
    }

    pub(crate) fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        self.adapt(conv2d(pictures, &self.kernels, &self.bias, self.geometry)?, pictures)
    }

    /// The same, and for each picture and output a number, or a picture, added.
    pub(crate) fn forward_onto(&self, pictures: &Tensor, onto: &Tensor) -> Result<Tensor> {
        let made = if onto.rank() == 2 {
            conv2d(pictures, &self.kernels, &onto.broadcast_add(&self.bias)?, self.geometry)?
        } else {
            conv2d_onto(pictures, &self.kernels, &self.bias, self.geometry, onto)?
        };
        self.adapt(made, pictures)
    }

    fn adapt(&self, made: Tensor, pictures: &Tensor) -> Result<Tensor> {
        self.added.iter().try_fold(made, |made, added| sum(&made, &added.pictures(pictures, self.geometry)?))
    }
}
