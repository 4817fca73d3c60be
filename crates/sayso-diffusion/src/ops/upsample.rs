use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::applied::apply1;
use super::plain;
use super::storage::{held, numbers};

/// Pictures made larger by repeating pixels, to any size: a pixel is that which lies where it would.
pub(crate) fn upsample(pictures: &Tensor, size: [usize; 2]) -> Result<Tensor> {
    if plain::is_plain(pictures) {
        return plain::upsample(pictures, size);
    }
    apply1(&pictures.contiguous()?, Upsample { size })
}

struct Upsample {
    size: [usize; 2],
}

impl Upsample {
    /// For every pixel of a new picture, in order: the number of the old one.
    fn sources(&self, [height, width]: [usize; 2]) -> Vec<usize> {
        let [high, wide] = self.size;
        let line = |y: usize| (0..wide).map(move |x| y * height / high * width + x * width / wide);
        (0..high).flat_map(line).collect()
    }
}

impl CustomOp1 for Upsample {
    fn name(&self) -> &'static str {
        "upsample"
    }

    fn cpu_fwd(&self, pictures: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, channels, height, width) = layout.shape().dims4()?;
        let [high, wide] = self.size;
        let sources = self.sources([height, width]);
        let pictures = numbers(pictures, layout)?;
        let mut made = vec![0.0; count * channels * high * wide];
        let planes = made.par_chunks_mut((high * wide).max(1)).zip(pictures.par_chunks((height * width).max(1)));
        planes.for_each(|(made, plane)| {
            for (made, source) in made.iter_mut().zip(&sources) {
                *made = plane.get(*source).copied().unwrap_or(0.0);
            }
        });
        Ok((CpuStorage::F32(made), (count, channels, high, wide).into()))
    }

    fn bwd(&self, pictures: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, _, height, width) = pictures.dims4()?;
        let [high, wide] = self.size;
        let sources = self.sources([height, width]);
        let gradient = gradient.contiguous()?;
        let mut made = vec![0.0; pictures.elem_count()];
        {
            let (gradient, layout) = gradient.storage_and_layout();
            let gradient = held(&gradient, layout)?;
            let planes = made.par_chunks_mut((height * width).max(1)).zip(gradient.par_chunks((high * wide).max(1)));
            planes.for_each(|(made, gradient)| {
                for (source, gradient) in sources.iter().zip(gradient) {
                    if let Some(made) = made.get_mut(*source) {
                        *made += gradient;
                    }
                }
            });
        }
        Tensor::from_vec(made, pictures.shape(), pictures.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::upsample;

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[1, 2, 2, 3]], |of| upsample(&of[0], [4, 6]));
        assert_gradients(&[&[1, 2, 2, 3]], |of| upsample(&of[0], [3, 5]));
    }
}
