use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};

use super::Geometry;
use super::storage::{held, numbers};

/// Pictures [picture] [channel] [row] [column] through kernels [output] [channel] [row] [column], and a number for each
/// output added.
pub(crate) fn conv2d(pictures: &Tensor, kernels: &Tensor, bias: &Tensor, geometry: Geometry) -> Result<Tensor> {
    let product = pictures.contiguous()?.apply_op2(&kernels.contiguous()?, Conv2d(geometry))?;
    product.broadcast_add(&bias.reshape((1, (), 1, 1))?)
}

struct Conv2d(Geometry);

/// The sides of what is multiplied, for one picture.
struct Sides {
    pictures: usize,
    channels: usize,
    picture: [usize; 2],
    outputs: usize,
    /// Numbers that an output is made of.
    each: usize,
    places: [usize; 2],
}

impl Conv2d {
    fn sides(&self, pictures: &Shape, kernels: &Shape) -> Result<Sides> {
        let (count, channels, height, width) = pictures.dims4()?;
        let (outputs, inputs, high, wide) = kernels.dims4()?;
        let Self(geometry) = self;
        let least = geometry.kernel.saturating_sub(geometry.before + geometry.after).max(1);
        if inputs != channels || high != geometry.kernel || wide != geometry.kernel || height.min(width) < least {
            bail!("kernels {kernels:?} do not fit pictures {pictures:?}");
        }
        Ok(Sides {
            pictures: count,
            channels,
            picture: [height, width],
            outputs,
            each: channels * high * wide,
            places: [geometry.places(height), geometry.places(width)],
        })
    }
}

impl CustomOp2 for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d"
    }

    fn cpu_fwd(
        &self,
        pictures: &CpuStorage,
        pictures_layout: &Layout,
        kernels: &CpuStorage,
        kernels_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let sides = self.sides(pictures_layout.shape(), kernels_layout.shape())?;
        let Sides { outputs, each, places: [high, wide], .. } = sides;
        let matrix = Layout::contiguous_with_offset((outputs, each), kernels_layout.start_offset());
        let size = sides.channels * sides.picture[0] * sides.picture[1];
        let mut made = Vec::with_capacity(sides.pictures * outputs * high * wide);
        for (number, picture) in numbers(pictures, pictures_layout)?.chunks(size).enumerate() {
            let product = |columns: &CpuStorage, offset| {
                let layout = Layout::contiguous_with_offset((each, high * wide), offset);
                kernels.matmul(columns, (1, outputs, high * wide, each), &matrix, &layout)
            };
            let product = if self.0.is_pointwise() {
                product(pictures, pictures_layout.start_offset() + number * size)?
            } else {
                product(&CpuStorage::F32(self.0.columns(picture, sides.picture)), 0)?
            };
            made.extend_from_slice(product.as_slice()?);
        }
        Ok((CpuStorage::F32(made), (sides.pictures, outputs, high, wide).into()))
    }

    fn bwd(
        &self,
        pictures: &Tensor,
        kernels: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let sides = self.sides(pictures.shape(), kernels.shape())?;
        let Sides { outputs, each, places: [high, wide], .. } = sides;
        let (pictures, gradient) = (pictures.detach().contiguous()?, gradient.contiguous()?);
        let matrix = kernels.detach().contiguous()?.reshape((outputs, each))?;
        // Kernels that are not trained need no gradient, and no columns.
        let trained = kernels.track_op();
        let mut of_kernels = Tensor::zeros((outputs, each), matrix.dtype(), matrix.device())?;
        let mut of_pictures = Vec::with_capacity(pictures.elem_count());
        for number in 0..sides.pictures {
            let gradient = gradient.get(number)?.reshape((outputs, high * wide))?;
            if trained {
                let picture = pictures.get(number)?;
                let columns = {
                    let (storage, layout) = picture.storage_and_layout();
                    self.0.columns(held(&storage, layout)?, sides.picture)
                };
                let columns = Tensor::from_vec(columns, (each, high * wide), picture.device())?;
                of_kernels = (of_kernels + gradient.matmul(&columns.t()?)?)?;
            }
            let columns = matrix.t()?.matmul(&gradient)?;
            let (storage, layout) = columns.storage_and_layout();
            of_pictures.extend(self.0.picture(held(&storage, layout)?, sides.channels, sides.picture));
        }
        let of_pictures = Tensor::from_vec(of_pictures, pictures.shape(), pictures.device())?;
        let of_kernels = if trained { Some(of_kernels.reshape(kernels.shape())?) } else { None };
        Ok((Some(of_pictures), of_kernels))
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::{Geometry, conv2d};

    #[test]
    fn gradients_are_those_of_differences() {
        let shapes: [&[usize]; 3] = [&[2, 3, 5, 6], &[4, 3, 3, 3], &[4]];
        let same = Geometry::same(3);
        let halves = Geometry { stride: 2, ..same };
        // The way that the autoencoder halves: zeros on one side only.
        let lopsided = Geometry { before: 0, after: 1, ..halves };
        for geometry in [same, halves, lopsided] {
            assert_gradients(&shapes, |of| conv2d(&of[0], &of[1], &of[2], geometry));
        }
        let shapes: [&[usize]; 3] = [&[2, 3, 2, 3], &[4, 3, 1, 1], &[4]];
        assert_gradients(&shapes, |of| conv2d(&of[0], &of[1], &of[2], Geometry::same(1)));
    }
}
