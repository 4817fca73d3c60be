use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::moments::moments;
use super::storage::{held, numbers};

/// Rows that a thread takes at once.
const ROWS: usize = 64;

/// Moves every row to mean zero and variance one, then scales and shifts it. A row is the last side.
pub(crate) fn layer_norm(rows: &Tensor, scale: &Tensor, shift: &Tensor, epsilon: f64) -> Result<Tensor> {
    rows.contiguous()?.apply_op3(scale, shift, LayerNorm { epsilon })
}

struct LayerNorm {
    epsilon: f64,
}

impl CustomOp3 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(
        &self,
        rows: &CpuStorage,
        layout: &Layout,
        scale: &CpuStorage,
        of_scale: &Layout,
        shift: &CpuStorage,
        of_shift: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (scale, shift) = (numbers(scale, of_scale)?, numbers(shift, of_shift)?);
        let width = scale.len();
        if width == 0 || layout.dims().last() != Some(&width) || shift.len() != width {
            bail!("rows of {:?} scaled by {width} numbers", layout.shape());
        }
        let mut made = numbers(rows, layout)?.to_vec();
        made.par_chunks_mut(width * ROWS).for_each(|rows| {
            for row in rows.chunks_mut(width) {
                let (mean, factor) = moments(row, self.epsilon);
                for ((number, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
                    *number = (*number - mean) * factor * scale + shift;
                }
            }
        });
        Ok((CpuStorage::F32(made), layout.shape().clone()))
    }

    fn bwd(
        &self,
        rows: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (x, g) = (rows.contiguous()?, gradient.contiguous()?);
        let ((x, of_x), (g, of_g)) = (x.storage_and_layout(), g.storage_and_layout());
        let (w, of_w) = scale.storage_and_layout();
        let (x, g, w) = (held(&x, of_x)?, held(&g, of_g)?, held(&w, of_w)?);
        let width = w.len();
        let mut of_rows = g.to_vec();
        let pieces = of_rows.par_chunks_mut(width * ROWS).zip(x.par_chunks(width * ROWS));
        // The gradients of scale and shift, by piece, so that their sum depends on no thread.
        let sums: Vec<Vec<[f32; 2]>> = pieces
            .map(|(made, x)| {
                let mut sums = vec![[0.0; 2]; width];
                for (made, x) in made.chunks_mut(width).zip(x.chunks(width)) {
                    let (mean, factor) = moments(x, self.epsilon);
                    let (mut common, mut sloped) = (0.0, 0.0);
                    for (((g, x), w), [of_scale, of_shift]) in made.iter().zip(x).zip(w).zip(&mut sums) {
                        let normal = (x - mean) * factor;
                        *of_scale += g * normal;
                        *of_shift += g;
                        common += g * w;
                        sloped += g * w * normal;
                    }
                    let (common, sloped) = (common / width as f32, sloped / width as f32);
                    for ((g, x), w) in made.iter_mut().zip(x).zip(w) {
                        *g = factor * (*g * w - common - (x - mean) * factor * sloped);
                    }
                }
                sums
            })
            .collect();
        let sum = |which: usize| {
            let mut sum = vec![0.0; width];
            for piece in &sums {
                sum.iter_mut().zip(piece).for_each(|(sum, both)| *sum += both.get(which).copied().unwrap_or(0.0));
            }
            sum
        };
        let tensor = |numbers, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device()).map(Some);
        Ok((tensor(of_rows, rows)?, tensor(sum(0), scale)?, tensor(sum(1), shift)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::layer_norm;

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 5], &[5], &[5]], |of| layer_norm(&of[0], &of[1], &of[2], 1e-5));
        // More rows than one piece has.
        assert_gradients(&[&[70, 3], &[3], &[3]], |of| layer_norm(&of[0], &of[1], &of[2], 1e-5));
    }
}
