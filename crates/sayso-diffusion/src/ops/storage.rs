use candle_core::{CpuStorage, Layout, Result, Storage, bail};

/// The numbers of a contiguous tensor, as an operation is given them.
pub(super) fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(numbers.get(start..end).unwrap_or_default()),
        _ => bail!("not contiguous numbers of 32 bits"),
    }
}

/// The same of a tensor that is on the processor.
pub(super) fn held<'a>(storage: &'a Storage, layout: &Layout) -> Result<&'a [f32]> {
    match storage {
        Storage::Cpu(storage) => numbers(storage, layout),
        _ => bail!("not on the processor"),
    }
}
