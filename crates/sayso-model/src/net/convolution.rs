use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::{Activation, Linear};
use crate::ModelError;
use crate::checkpoint::Weights;

/// What torch's batch normalisation adds to a variance.
const EPSILON: f64 = 1e-5;

/// A convolution with the batch normalisation behind it, as one product.
///
/// Pictures lie as [picture] [row] [column] [channel], so that a convolution of one pixel is a product as it stands, and
/// that of several copies runs of channels.
pub(crate) struct Convolution {
    product: Linear,
    kernel: usize,
    stride: usize,
    inputs: usize,
}

impl Convolution {
    /// The convolution and the normalisation of these names. Both are linear: what the second would scale and shift goes
    /// into the first's weights.
    pub(crate) fn read(
        weights: &mut Weights,
        convolution: &str,
        normalisation: &str,
        [outputs, inputs, kernel, stride]: [usize; 4],
    ) -> std::result::Result<Self, ModelError> {
        let kernels = weights.numbers(&format!("{convolution}.weight"), &[outputs, inputs, kernel, kernel])?;
        let mut of = |part: &str| weights.numbers(&format!("{normalisation}.{part}"), &[outputs]);
        let (scale, shift, mean, variance) = (of("weight")?, of("bias")?, of("running_mean")?, of("running_var")?);
        let each = inputs * kernel * kernel;
        let mut matrix = Vec::with_capacity(kernels.len());
        let mut bias = Vec::with_capacity(outputs);
        let normal = scale.iter().zip(&shift).zip(mean.iter().zip(&variance));
        for (kernel_numbers, ((scale, shift), (mean, variance))) in kernels.chunks(each.max(1)).zip(normal) {
            let factor = f64::from(*scale) / (f64::from(*variance) + EPSILON).sqrt();
            if !factor.is_finite() {
                let reason = "holds a negative variance".to_owned();
                return Err(weights.wrong(&format!("{normalisation}.running_var"), reason));
            }
            bias.push(narrow(f64::from(*shift) - f64::from(*mean) * factor));
            // From [channel] [row] [column] to [row] [column] [channel].
            for pixel in 0..kernel * kernel {
                let channels = kernel_numbers.iter().skip(pixel).step_by(kernel * kernel);
                matrix.extend(channels.map(|number| narrow(f64::from(*number) * factor)));
            }
        }
        let matrix = Tensor::from_vec(matrix, (outputs, each), &candle_core::Device::Cpu)?;
        Ok(Self { product: Linear::new(&matrix, bias)?, kernel, stride, inputs })
    }

    /// Pictures through the convolution. The border is padded with zeros so that a stride of one keeps the size.
    pub(crate) fn forward(&self, pictures: &Tensor, activation: Activation) -> Result<Tensor> {
        let (count, height, width, channels) = pictures.dims4()?;
        if channels != self.inputs {
            bail!("{channels} channels for a convolution of {}", self.inputs);
        }
        let [high, wide] = [height, width].map(|side| (side - 1) / self.stride + 1);
        let rows = if self.kernel == 1 && self.stride == 1 {
            pictures.reshape((count * height * width, channels))?
        } else {
            pictures.apply_op1_no_bwd(&Patches { kernel: self.kernel, stride: self.stride })?
        };
        let product = self.product.forward(&rows, activation)?;
        let outputs = product.dim(1)?;
        product.reshape((count, high, wide, outputs))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the nets compute with 32 bits")]
const fn narrow(number: f64) -> f32 {
    number as f32
}

/// A row for each pixel of the output: all numbers of the input that it depends on.
struct Patches {
    kernel: usize,
    stride: usize,
}

impl CustomOp1 for Patches {
    fn name(&self) -> &'static str {
        "patches"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, height, width, channels) = layout.shape().dims4()?;
        let pictures = match (storage, layout.contiguous_offsets()) {
            (CpuStorage::F32(numbers), Some((start, end))) => numbers.get(start..end).unwrap_or_default(),
            _ => bail!("not contiguous numbers of 32 bits"),
        };
        let [high, wide] = [height, width].map(|side| (side - 1) / self.stride + 1);
        let padding = self.kernel / 2;
        let each = self.kernel * self.kernel * channels;
        let mut patches = vec![0.0; count * high * wide * each];
        patches.par_chunks_mut(wide * each).enumerate().for_each(|(line, patches)| {
            let (picture, y) = (line / high, line % high);
            let picture = pictures.chunks(height * width * channels).nth(picture).unwrap_or_default();
            for (x, patch) in patches.chunks_mut(each).enumerate() {
                for (dy, run) in patch.chunks_mut(self.kernel * channels).enumerate() {
                    let Some(y) = (y * self.stride + dy).checked_sub(padding).filter(|y| *y < height) else {
                        continue;
                    };
                    // The columns of the kernel that lie inside the picture.
                    let left = (x * self.stride).saturating_sub(padding);
                    let outside = padding.saturating_sub(x * self.stride);
                    let right = (x * self.stride + self.kernel).saturating_sub(padding).min(width);
                    let from = picture.get((y * width + left) * channels..(y * width + right) * channels);
                    let to = run.get_mut(outside * channels..);
                    for (to, from) in to.unwrap_or_default().iter_mut().zip(from.unwrap_or_default()) {
                        *to = *from;
                    }
                }
            }
        });
        Ok((CpuStorage::F32(patches), Shape::from((count * high * wide, each))))
    }
}
