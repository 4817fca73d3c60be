use candle_core::{DType, Result, Tensor};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;
use sayso_model::wide;

use super::plain;
use super::storage::held;

/// Numbers that are summed side by side, so that vectors can do it.
const LANES: usize = 16;

/// Numbers whose sum has 32 bits; sums of such sums have 64.
const PIECE: usize = 1024;

/// The sum of what `of` makes of numbers.
#[inline(always)]
pub(super) fn sum(numbers: &[f32], of: impl Fn(f32) -> f32) -> f64 {
    let mut whole = 0.0;
    for piece in numbers.chunks(PIECE) {
        let mut sums = [0.0_f32; LANES];
        for some in piece.chunks(LANES) {
            some.iter().zip(&mut sums).for_each(|(number, sum)| *sum += of(*number));
        }
        whole += f64::from(sums.iter().sum::<f32>());
    }
    whole
}

/// The sum of numbers, each times what `of` makes of the one beside it.
#[inline(always)]
pub(super) fn sum_of_products(numbers: &[f32], others: &[f32], of: impl Fn(f32) -> f32) -> f64 {
    let mut whole = 0.0;
    for (piece, others) in numbers.chunks(PIECE).zip(others.chunks(PIECE)) {
        let mut sums = [0.0_f32; LANES];
        for (some, others) in piece.chunks(LANES).zip(others.chunks(LANES)) {
            let both = some.iter().zip(others).zip(&mut sums);
            both.for_each(|((number, other), sum)| *sum += number * of(*other));
        }
        whole += f64::from(sums.iter().sum::<f32>());
    }
    whole
}

/// The sum of a tensor's squares. By pieces, so that it depends on no thread, and few of many numbers count.
pub(crate) fn sum_of_squares(tensor: &Tensor) -> Result<f64> {
    if plain::is_plain(tensor) {
        // Such devices add up by halves.
        return tensor.to_dtype(DType::F32)?.sqr()?.sum_all()?.to_scalar::<f32>().map(f64::from);
    }
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    let pieces = held(&storage, layout)?.par_chunks(1 << 14);
    let sums: Vec<f64> = pieces
        .map(|piece| {
            wide(
                #[inline(always)]
                || {
                    sum(
                        piece,
                        #[inline(always)]
                        |number| number * number,
                    )
                },
            )
        })
        .collect();
    Ok(sums.into_iter().sum())
}

/// The mean of numbers, and one divided by their deviation.
#[inline(always)]
pub(super) fn moments(numbers: &[f32], epsilon: f64) -> (f32, f32) {
    let count = numbers.len().max(1) as f64;
    let mean = (sum(
        numbers,
        #[inline(always)]
        |number| number,
    ) / count) as f32;
    let variance = sum(
        numbers,
        #[inline(always)]
        |number| (number - mean) * (number - mean),
    ) / count;
    (mean, (1.0 / (variance + epsilon).sqrt()) as f32)
}

#[cfg(test)]
mod tests {
    use super::moments;

    #[test]
    fn many_numbers_far_from_zero_keep_their_deviation() {
        let numbers: Vec<f32> = (0..100_003).map(|number| 100.0 + (number % 7) as f32).collect();
        let (mean, factor) = moments(&numbers, 0.0);
        assert!((mean - 103.0).abs() < 1e-3 && (factor - 0.5).abs() < 1e-4, "{mean} {factor}");
    }
}
