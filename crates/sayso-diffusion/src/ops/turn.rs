use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::applied::apply1;
use super::plain;
use super::storage::numbers;

/// Rows and columns that are moved together, few enough that both sides' lines stay in the cache.
const BLOCK: usize = 16;

/// Each of some matrices, [number] [row] [column], with its rows as columns.
pub(crate) fn turned(matrices: &Tensor) -> Result<Tensor> {
    if plain::is_plain(matrices) {
        return matrices.transpose(1, 2)?.contiguous();
    }
    apply1(&matrices.contiguous()?, Turn)
}

struct Turn;

impl CustomOp1 for Turn {
    fn name(&self) -> &'static str {
        "turn"
    }

    fn cpu_fwd(&self, matrices: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, rows, columns) = layout.shape().dims3()?;
        let from = numbers(matrices, layout)?;
        let mut made = vec![0.0; from.len()];
        // Some columns at a time, which are rows of what is made.
        let pieces = made.chunks_mut((rows * columns).max(1)).enumerate().flat_map(|(matrix, made)| {
            let matrix = from.get(matrix * rows * columns..).unwrap_or_default();
            made.chunks_mut((BLOCK * rows).max(1)).enumerate().map(move |(piece, made)| (matrix, piece * BLOCK, made))
        });
        pieces.collect::<Vec<_>>().into_par_iter().for_each(|(matrix, first, made)| {
            for (block, rows_of_block) in matrix.chunks(columns * BLOCK).take(rows.div_ceil(BLOCK)).enumerate() {
                for (number, column) in made.chunks_mut(rows).enumerate() {
                    let to = column.iter_mut().skip(block * BLOCK).take(BLOCK);
                    let from = rows_of_block.iter().skip(first + number).step_by(columns);
                    to.zip(from).for_each(|(to, from)| *to = *from);
                }
            }
        });
        Ok((CpuStorage::F32(made), (count, columns, rows).into()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        gradient.contiguous()?.apply_op1_no_bwd(&Self).map(Some)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use super::super::differences::assert_gradients;
    use super::turned;

    #[test]
    fn rows_are_columns() {
        for (rows, columns) in [(1, 1), (3, 5), (16, 16), (17, 33), (40, 15), (0, 3)] {
            let numbers: Vec<f32> = (0..2 * rows * columns).map(|number| number as f32).collect();
            let matrices = Tensor::from_vec(numbers, (2, rows, columns), &Device::Cpu).unwrap();
            let (made, theirs) = (turned(&matrices).unwrap(), matrices.transpose(1, 2).unwrap());
            assert_eq!(made.dims(), theirs.dims());
            assert_eq!(made.to_vec3::<f32>().unwrap(), theirs.to_vec3::<f32>().unwrap());
        }
    }

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 5]], |of| turned(&of[0]));
    }
}
