use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use sayso_model::wide;

use super::applied::apply2;
use super::plain;
use super::storage::numbers;

/// Numbers that a thread adds before it looks for more.
const PIECE: usize = 1 << 14;

/// The sum of two tensors of one shape.
pub(crate) fn sum(first: &Tensor, second: &Tensor) -> Result<Tensor> {
    if plain::is_plain(first) {
        return first + second;
    }
    apply2(&first.contiguous()?, &second.contiguous()?, Sum)
}

struct Sum;

impl CustomOp2 for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn cpu_fwd(
        &self,
        first: &CpuStorage,
        of_first: &Layout,
        second: &CpuStorage,
        of_second: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        if of_first.shape() != of_second.shape() {
            bail!("{:?} added to {:?}", of_second.shape(), of_first.shape());
        }
        let mut made = numbers(first, of_first)?.to_vec();
        let second = numbers(second, of_second)?;
        made.par_chunks_mut(PIECE).zip(second.par_chunks(PIECE)).for_each(|(made, second)| {
            wide(
                #[inline(always)]
                || made.iter_mut().zip(second).for_each(|(made, second)| *made += second),
            );
        });
        Ok((CpuStorage::F32(made), of_first.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(gradient.clone()), Some(gradient.clone())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::differences::assert_gradients;
    use super::sum;
    use candle_core::{Device, Tensor};

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 5], &[2, 3, 5]], |of| sum(&of[0], &of[1]));
    }

    #[test]
    fn shapes_are_the_same() {
        let of = |count: usize| Tensor::ones(count, candle_core::DType::F32, &Device::Cpu).unwrap();
        assert_eq!(sum(&of(3), &of(3)).unwrap().to_vec1::<f32>().unwrap(), [2.0; 3]);
        assert!(sum(&of(3), &of(1)).is_err());
    }
}
