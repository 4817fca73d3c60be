use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use sayso_model::wide;

use super::applied::apply3;
use super::moments::{moments, sum, sum_of_products};
use super::plain;
use super::storage::{held, numbers};

/// Rows that a thread takes at once.
const ROWS: usize = 64;

/// Moves every row to mean zero and variance one, then scales and shifts it. A row is the last side.
pub(crate) fn layer_norm(rows: &Tensor, scale: &Tensor, shift: &Tensor, epsilon: f64) -> Result<Tensor> {
    if plain::is_plain(rows) {
        return plain::layer_norm(rows, scale, shift, epsilon);
    }
    apply3(&rows.contiguous()?, scale, shift, LayerNorm { epsilon })
}

struct LayerNorm {
    epsilon: f64,
}

impl LayerNorm {
    /// The gradient of one row, and what it adds to those of scale and shift.
    #[inline(always)]
    fn row_back(
        &self,
        made: &mut [f32],
        (x, g, w): (&[f32], &[f32], &[f32]),
        (of_scale, of_shift): (&mut [f32], &mut [f32]),
    ) {
        let (mean, factor) = moments(x, self.epsilon);
        let sums = of_scale.iter_mut().zip(of_shift);
        for ((((made, x), g), w), (of_scale, of_shift)) in made.iter_mut().zip(x).zip(g).zip(w).zip(sums) {
            *made = g * w;
            *of_scale += g * ((x - mean) * factor);
            *of_shift += g;
        }
        let width = x.len() as f64;
        let common = (sum(
            made,
            #[inline(always)]
            |g| g,
        ) / width) as f32;
        let sloped = (sum_of_products(
            made,
            x,
            #[inline(always)]
            |x| (x - mean) * factor,
        ) / width) as f32;
        for (made, x) in made.iter_mut().zip(x) {
            *made = factor * (*made - common - (x - mean) * factor * sloped);
        }
    }
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
        let rows = numbers(rows, layout)?;
        let mut made = vec![0.0; rows.len()];
        made.par_chunks_mut(width * ROWS).zip(rows.par_chunks(width * ROWS)).for_each(|(made, rows)| {
            for (made, row) in made.chunks_mut(width).zip(rows.chunks(width)) {
                wide(
                    #[inline(always)]
                    || {
                        let (mean, factor) = moments(row, self.epsilon);
                        for (((made, number), scale), shift) in made.iter_mut().zip(row).zip(scale).zip(shift) {
                            *made = (*number - mean) * factor * scale + shift;
                        }
                    },
                );
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
        let mut of_rows = vec![0.0; g.len()];
        let pieces =
            of_rows.par_chunks_mut(width * ROWS).zip(x.par_chunks(width * ROWS)).zip(g.par_chunks(width * ROWS));
        // The gradients of scale and shift, by piece, so that their sum depends on no thread.
        let sums: Vec<[Vec<f32>; 2]> = pieces
            .map(|((made, x), g)| {
                let (mut of_scale, mut of_shift) = (vec![0.0; width], vec![0.0; width]);
                for ((made, x), g) in made.chunks_mut(width).zip(x.chunks(width)).zip(g.chunks(width)) {
                    wide(
                        #[inline(always)]
                        || self.row_back(made, (x, g, w), (&mut of_scale, &mut of_shift)),
                    );
                }
                [of_scale, of_shift]
            })
            .collect();
        let sum = |which: usize| {
            let mut sum = vec![0.0; width];
            for piece in sums.iter().filter_map(|piece| piece.get(which)) {
                sum.iter_mut().zip(piece).for_each(|(sum, part)| *sum += part);
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
