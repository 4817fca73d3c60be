use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use sayso_model::{erf, exp, wide};

use super::applied::apply1;
use super::plain;
use super::storage::{held, numbers};

/// The first half of every row times gelu of its second half, with the error function and not the approximation of it.
pub(crate) fn geglu(rows: &Tensor) -> Result<Tensor> {
    if plain::is_plain(rows) {
        return plain::geglu(rows);
    }
    apply1(&rows.contiguous()?, Geglu)
}

struct Geglu;

/// How much of the normal distribution lies below `x`.
#[inline(always)]
fn below(x: f32) -> f32 {
    0.5 * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// Its density.
#[inline(always)]
fn density(x: f32) -> f32 {
    const AT_ZERO: f32 = 0.398_942_3;
    AT_ZERO * exp(-0.5 * x * x)
}

impl CustomOp1 for Geglu {
    fn name(&self) -> &'static str {
        "geglu"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut shape = layout.dims().to_vec();
        let width = match shape.last_mut() {
            Some(last) if *last > 0 && *last % 2 == 0 => {
                *last /= 2;
                *last
            }
            _ => bail!("rows of {:?} have no halves", layout.shape()),
        };
        let rows = numbers(rows, layout)?;
        let mut made = vec![0.0; rows.len() / 2];
        made.par_chunks_mut(width).zip(rows.par_chunks(2 * width)).for_each(|(made, row)| {
            let (values, gates) = row.split_at(width);
            wide(
                #[inline(always)]
                || {
                    for ((made, value), gate) in made.iter_mut().zip(values).zip(gates) {
                        *made = value * gate * below(*gate);
                    }
                },
            );
        });
        Ok((CpuStorage::F32(made), shape.into()))
    }

    fn bwd(&self, rows: &Tensor, made: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (rows, gradient) = (rows.contiguous()?, gradient.contiguous()?);
        let width = made.dims().last().copied().unwrap_or(1);
        let mut of_rows = vec![0.0; rows.elem_count()];
        {
            let ((x, of_x), (g, of_g)) = (rows.storage_and_layout(), gradient.storage_and_layout());
            let (x, g) = (held(&x, of_x)?, held(&g, of_g)?);
            let each = of_rows.par_chunks_mut(2 * width).zip(x.par_chunks(2 * width)).zip(g.par_chunks(width));
            each.for_each(|((made, row), gradient)| {
                let ((of_values, of_gates), (values, gates)) = (made.split_at_mut(width), row.split_at(width));
                let inputs = values.iter().zip(gates).zip(gradient);
                wide(
                    #[inline(always)]
                    || {
                        for ((of_value, of_gate), ((value, gate), g)) in of_values.iter_mut().zip(of_gates).zip(inputs)
                        {
                            *of_value = g * gate * below(*gate);
                            *of_gate = g * value * (below(*gate) + gate * density(*gate));
                        }
                    },
                );
            });
        }
        Tensor::from_vec(of_rows, rows.shape(), rows.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::geglu;

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 8]], |of| geglu(&of[0]));
    }
}
