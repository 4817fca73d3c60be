use candle_core::{Device, Result, Tensor};

use crate::ops::{Geometry, adapted, conv2d, linear};

/// What an adapter adds to a module (LoRA): a product of two matrices, one down to few numbers and one up again.
#[derive(Debug, Clone)]
pub(crate) struct LowRank {
    /// [rank] [input], and of a convolution [kernel row] [kernel column] besides.
    pub(crate) down: Tensor,
    /// [output] [rank], and of a convolution two sides of one besides.
    pub(crate) up: Tensor,
    pub(crate) scale: f64,
}

impl LowRank {
    pub(super) fn rows(&self, rows: &Tensor) -> Result<Tensor> {
        // The few numbers between are multiplied, and not the many that come out.
        linear(&(linear(rows, &self.down, None)? * self.scale)?, &self.up, None)
    }

    /// The rows through a matrix that is not trained, and what is added to that.
    pub(super) fn beside(&self, rows: &Tensor, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
        adapted(rows, (matrix, bias), (&self.down, &self.up), self.scale)
    }

    /// The way down moves over a picture as the module's own kernels do, the way up looks at single pixels.
    pub(super) fn pictures(&self, pictures: &Tensor, geometry: Geometry) -> Result<Tensor> {
        let nothing = |count| Tensor::zeros(count, candle_core::DType::F32, self.down.device());
        let down = (conv2d(pictures, &self.down, &nothing(self.down.dim(0)?)?, geometry)? * self.scale)?;
        conv2d(&down, &self.up, &nothing(self.up.dim(0)?)?, Geometry::same(1))
    }

    /// The same on a device.
    pub(crate) fn on(&self, device: &Device) -> Result<Self> {
        Ok(Self { down: self.down.to_device(device)?, up: self.up.to_device(device)?, scale: self.scale })
    }

    /// Numbers between the two.
    pub(crate) fn rank(&self) -> usize {
        self.down.dims().first().copied().unwrap_or(0)
    }
}
