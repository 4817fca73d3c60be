use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Result, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// Numbers that a thread works on before it looks for more.
const PIECE: usize = 1 << 14;

/// Changes every row of a contiguous tensor in place; a row is its last side. `change` is told the row's number.
///
/// Only for a tensor that nothing else shares: one that was just computed.
///
/// # Errors
///
/// When the tensor is not contiguous, or holds other numbers than those of 32 bits.
pub fn each_row(tensor: &Tensor, change: impl Fn(usize, &mut [f32]) + Sync) -> Result<()> {
    let width = tensor.dims().last().copied().unwrap_or(1).max(1);
    tensor.inplace_op1(&EachRow { width, change })
}

/// Adds `more`, of the same shape, to `tensor`, in place.
pub(crate) fn add(tensor: &Tensor, more: &Tensor) -> Result<()> {
    tensor.inplace_op2(more, &Add)
}

/// Adds `more` to `tensor` in place, over and over again from the start of `more`.
pub(crate) fn add_cyclic(tensor: &Tensor, more: &[f32]) -> Result<()> {
    let width = tensor.dims().last().copied().unwrap_or(1).max(1);
    let cycle = (more.len() / width).max(1);
    each_row(tensor, |number, row| {
        let start = (number % cycle) * width;
        for (value, more) in row.iter_mut().zip(more.get(start..).unwrap_or_default()) {
            *value += more;
        }
    })
}

struct EachRow<F> {
    width: usize,
    change: F,
}

impl<F: Fn(usize, &mut [f32]) + Sync> InplaceOp1 for EachRow<F> {
    fn name(&self) -> &'static str {
        "each-row"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let rows = (PIECE / self.width).max(1);
        numbers_mut(storage, layout)?.par_chunks_mut(rows * self.width).enumerate().for_each(|(piece, chunk)| {
            for (number, row) in chunk.chunks_mut(self.width).enumerate() {
                (self.change)(piece * rows + number, row);
            }
        });
        Ok(())
    }
}

struct Add;

impl InplaceOp2 for Add {
    fn name(&self) -> &'static str {
        "add"
    }

    fn cpu_fwd(
        &self,
        storage: &mut CpuStorage,
        layout: &Layout,
        more: &CpuStorage,
        more_layout: &Layout,
    ) -> Result<()> {
        let sum = numbers_mut(storage, layout)?;
        let more = match (more, more_layout.contiguous_offsets()) {
            (CpuStorage::F32(numbers), Some((start, end))) => numbers.get(start..end).unwrap_or_default(),
            _ => bail!("not contiguous numbers of 32 bits"),
        };
        if sum.len() != more.len() {
            bail!("{} numbers added to {}", more.len(), sum.len());
        }
        sum.par_chunks_mut(PIECE).enumerate().for_each(|(piece, chunk)| {
            for (sum, more) in chunk.iter_mut().zip(more.get(piece * PIECE..).unwrap_or_default()) {
                *sum += more;
            }
        });
        Ok(())
    }
}

fn numbers_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(numbers.get_mut(start..end).unwrap_or_default()),
        _ => bail!("not contiguous numbers of 32 bits"),
    }
}
