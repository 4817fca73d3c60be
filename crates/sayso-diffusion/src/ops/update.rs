use candle_core::{CpuStorage, InplaceOp2, InplaceOp3, Layout, Result, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use sayso_model::wide;

use super::storage::numbers;

/// Numbers that a thread changes before it looks for more.
const PIECE: usize = 1 << 14;

/// Changes each number of a tensor by that of another, where it is. Only for a tensor that nobody else holds, or whose holders
/// are to see it change.
pub(crate) fn update(tensor: &Tensor, by: &Tensor, change: impl Fn(&mut f32, f32) + Sync) -> Result<()> {
    tensor.inplace_op2(&by.contiguous()?, &Update(change))
}

/// The same by those of two others.
pub(crate) fn update_by_two(
    tensor: &Tensor,
    first: &Tensor,
    second: &Tensor,
    change: impl Fn(&mut f32, f32, f32) + Sync,
) -> Result<()> {
    tensor.inplace_op3(&first.contiguous()?, &second.contiguous()?, &Update(change))
}

struct Update<Change>(Change);

impl<Change: Fn(&mut f32, f32) + Sync> InplaceOp2 for Update<Change> {
    fn name(&self) -> &'static str {
        "update"
    }

    fn cpu_fwd(&self, tensor: &mut CpuStorage, layout: &Layout, by: &CpuStorage, of_by: &Layout) -> Result<()> {
        let (all, by) = (numbers_mut(tensor, layout)?, numbers(by, of_by)?);
        same(all, by)?;
        all.par_chunks_mut(PIECE).zip(by.par_chunks(PIECE)).for_each(|(all, by)| {
            wide(
                #[inline(always)]
                || all.iter_mut().zip(by).for_each(|(number, by)| (self.0)(number, *by)),
            );
        });
        Ok(())
    }
}

impl<Change: Fn(&mut f32, f32, f32) + Sync> InplaceOp3 for Update<Change> {
    fn name(&self) -> &'static str {
        "update-by-two"
    }

    fn cpu_fwd(
        &self,
        tensor: &mut CpuStorage,
        layout: &Layout,
        first: &CpuStorage,
        of_first: &Layout,
        second: &CpuStorage,
        of_second: &Layout,
    ) -> Result<()> {
        let all = numbers_mut(tensor, layout)?;
        let (first, second) = (numbers(first, of_first)?, numbers(second, of_second)?);
        same(all, first)?;
        same(all, second)?;
        let both = first.par_chunks(PIECE).zip(second.par_chunks(PIECE));
        all.par_chunks_mut(PIECE).zip(both).for_each(|(all, (first, second))| {
            let each = all.iter_mut().zip(first).zip(second);
            wide(
                #[inline(always)]
                || each.for_each(|((number, first), second)| (self.0)(number, *first, *second)),
            );
        });
        Ok(())
    }
}

fn same(numbers: &[f32], others: &[f32]) -> Result<()> {
    if numbers.len() != others.len() {
        bail!("{} numbers changed by {}", numbers.len(), others.len());
    }
    Ok(())
}

fn numbers_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(numbers.get_mut(start..end).unwrap_or_default()),
        _ => bail!("not contiguous numbers of 32 bits"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use super::{update, update_by_two};

    #[test]
    fn numbers_change_where_they_are() {
        let of = |numbers: &[f32]| Tensor::new(numbers, &Device::Cpu).unwrap();
        let (tensor, by, more) = (of(&[1.0, 2.0, 3.0]), of(&[10.0, 20.0, 30.0]), of(&[0.5, 0.5, 0.5]));
        let seen = tensor.clone();
        update(&tensor, &by, |number, by| *number += by).unwrap();
        update_by_two(&tensor, &by, &more, |number, by, more| *number += by * more).unwrap();
        assert_eq!(seen.to_vec1::<f32>().unwrap(), [16.0, 32.0, 48.0]);
        assert!(update(&tensor, &of(&[1.0]), |_, _| ()).is_err());
    }
}
