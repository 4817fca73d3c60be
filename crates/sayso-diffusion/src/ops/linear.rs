use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::applied::apply3;
use super::plain;
use super::product::{By, Matrix, Onto, product};
use super::storage::{held, numbers};
use super::sum::sum;

/// Numbers that a thread fills before it looks for more.
const PIECE: usize = 1 << 14;

/// Rows that a thread sums up before it looks for more.
const ROWS: usize = 64;

/// Rows times a matrix with a row for each output, as torch keeps it, and a bias. A row is the last side of `rows`.
pub(crate) fn linear(rows: &Tensor, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    if plain::is_plain(rows) {
        return plain::linear(rows, matrix, bias);
    }
    let ground = match bias {
        Some(bias) => bias.contiguous()?,
        None => Tensor::zeros((), rows.dtype(), rows.device())?,
    };
    apply3(&rows.contiguous()?, &matrix.contiguous()?, &ground, Linear { bias: None })
}

/// The same added to rows. With a bias that is not trained nothing in between is kept.
pub(crate) fn linear_onto(rows: &Tensor, matrix: &Tensor, bias: Option<&Tensor>, onto: &Tensor) -> Result<Tensor> {
    if bias.is_some_and(Tensor::track_op) || plain::is_plain(rows) {
        return sum(&linear(rows, matrix, bias)?, onto);
    }
    let bias = bias.map(Tensor::contiguous).transpose()?;
    apply3(&rows.contiguous()?, &matrix.contiguous()?, &onto.contiguous()?, Linear { bias })
}

/// The ground of the product is one number, one for each output, or all rows.
struct Linear {
    bias: Option<Tensor>,
}

/// How many rows, of how many numbers each, and how many come out.
fn sides(rows: &Shape, matrix: &Shape) -> Result<[usize; 3]> {
    let (outputs, inputs) = matrix.dims2()?;
    if inputs == 0 || outputs == 0 || rows.dims().last() != Some(&inputs) {
        bail!("rows of {rows:?} do not fit a matrix of {matrix:?}");
    }
    Ok([rows.elem_count() / inputs, inputs, outputs])
}

/// The shape of rows when each has so many numbers.
pub(super) fn of_width(dims: &[usize], width: usize) -> Shape {
    let mut shape = dims.to_vec();
    if let Some(last) = shape.last_mut() {
        *last = width;
    }
    shape.into()
}

/// The rows that a product is added to.
pub(super) fn begin(ground: &[f32], bias: Option<&[f32]>, [count, outputs]: [usize; 2]) -> Result<Vec<f32>> {
    let all = count * outputs;
    if ![all, outputs, 1].contains(&ground.len()) || bias.is_some_and(|bias| bias.len() != outputs) {
        bail!("{} numbers under {count} rows of {outputs}", ground.len());
    }
    let mut made = vec![0.0; all];
    let some = (PIECE / outputs).max(1);
    made.par_chunks_mut(some * outputs).enumerate().for_each(|(piece, made)| {
        for (number, row) in made.chunks_mut(outputs).enumerate() {
            match ground {
                [number] => row.fill(*number),
                _ if ground.len() == outputs => row.copy_from_slice(ground),
                _ => {
                    let from = ground.get((piece * some + number) * outputs..).unwrap_or_default();
                    row.iter_mut().zip(from).for_each(|(row, from)| *row = *from);
                }
            }
            row.iter_mut().zip(bias.unwrap_or_default()).for_each(|(row, bias)| *row += bias);
        }
    });
    Ok(made)
}

/// The sum of rows. By pieces, so that it depends on no thread.
fn summed(rows: &[f32], width: usize) -> Vec<f32> {
    let add = |mut sum: Vec<f32>, row: &[f32]| {
        sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
        sum
    };
    let pieces = rows.par_chunks(width * ROWS).map(|rows| rows.chunks(width).fold(vec![0.0; width], add));
    pieces.collect::<Vec<_>>().iter().map(Vec::as_slice).fold(vec![0.0; width], add)
}

/// The gradient of such a ground.
pub(super) fn of_ground(ground: &Tensor, gradient: &Tensor, [count, outputs]: [usize; 2]) -> Result<Option<Tensor>> {
    match ground.elem_count() {
        _ if !ground.track_op() => Ok(None),
        all if all == count * outputs => gradient.reshape(ground.shape()).map(Some),
        _ => {
            let (storage, layout) = gradient.storage_and_layout();
            Tensor::from_vec(summed(held(&storage, layout)?, outputs), ground.shape(), ground.device()).map(Some)
        }
    }
}

impl CustomOp3 for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(
        &self,
        rows: &CpuStorage,
        of_rows: &Layout,
        matrix: &CpuStorage,
        of_matrix: &Layout,
        ground: &CpuStorage,
        of_ground: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [count, inputs, outputs] = sides(of_rows.shape(), of_matrix.shape())?;
        let bias = self.bias.as_ref().map(Tensor::storage_and_layout);
        let bias = bias.as_ref().map(|(bias, layout)| held(bias, layout)).transpose()?;
        let mut made = begin(numbers(ground, of_ground)?, bias, [count, outputs])?;
        let rows = Matrix::rows(numbers(rows, of_rows)?, [count, inputs]);
        let matrix = Matrix::rows(numbers(matrix, of_matrix)?, [outputs, inputs]);
        product(Onto::adding(&mut made, outputs), rows, matrix.turned(), By::All)?;
        Ok((CpuStorage::F32(made), of_width(of_rows.dims(), outputs)))
    }

    fn bwd(
        &self,
        rows: &Tensor,
        matrix: &Tensor,
        ground: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let [count, inputs, outputs] = sides(rows.shape(), matrix.shape())?;
        let gradient = gradient.contiguous()?;
        // No gradient is computed of a matrix that is not trained: with an adapter, that is half of the way back.
        let of_rows = rows.track_op().then(|| multiplied(&gradient, [count, outputs], false, matrix, inputs, rows));
        let of_matrix = matrix.track_op().then(|| multiplied(&gradient, [count, outputs], true, rows, inputs, matrix));
        Ok((of_rows.transpose()?, of_matrix.transpose()?, of_ground(ground, &gradient, [count, outputs])?))
    }
}

/// The gradient, or the gradient turned, times rows of `width`; in the shape of `like`.
fn multiplied(
    gradient: &Tensor,
    [count, outputs]: [usize; 2],
    turned: bool,
    by: &Tensor,
    width: usize,
    like: &Tensor,
) -> Result<Tensor> {
    let mut made = vec![0.0; like.elem_count()];
    {
        let ((left, of_left), (right, of_right)) = (gradient.storage_and_layout(), by.storage_and_layout());
        let left = Matrix::rows(held(&left, of_left)?, [count, outputs]);
        let (left, inner) = if turned { (left.turned(), count) } else { (left, outputs) };
        let right = Matrix::rows(held(&right, of_right)?, [inner, width]);
        product(Onto::new(&mut made, width), left, right, By::All)?;
    }
    Tensor::from_vec(made, like.shape(), like.device())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use super::super::differences::assert_gradients;
    use super::{linear, linear_onto};

    fn fixed() -> (Tensor, Tensor) {
        let numbers: Vec<f32> = (0..20_u8).map(|number| f32::from(number) * 0.1 - 0.7).collect();
        let matrix = Tensor::from_vec(numbers, (4, 5), &Device::Cpu).unwrap();
        let bias = matrix.narrow(1, 0, 1).unwrap().flatten_all().unwrap();
        (matrix, bias)
    }

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 5], &[4, 5], &[4]], |of| linear(&of[0], &of[1], Some(&of[2])));
        assert_gradients(&[&[3, 5], &[4, 5]], |of| linear(&of[0], &of[1], None));
        // A matrix that is not trained, and neither is the bias.
        let (matrix, bias) = fixed();
        assert_gradients(&[&[2, 3, 5]], |of| linear(&of[0], &matrix, Some(&bias)));
    }

    #[test]
    fn rows_are_added_to() {
        let (matrix, bias) = fixed();
        let onto: &[usize] = &[2, 3, 4];
        assert_gradients(&[&[2, 3, 5], &[4, 5], &[4], onto], |of| linear_onto(&of[0], &of[1], Some(&of[2]), &of[3]));
        assert_gradients(&[&[2, 3, 5], onto], |of| linear_onto(&of[0], &matrix, Some(&bias), &of[1]));
        assert_gradients(&[&[2, 3, 5], onto], |of| linear_onto(&of[0], &matrix, None, &of[1]));
        let rows = Tensor::ones((1, 5), candle_core::DType::F32, &Device::Cpu).unwrap();
        let onto = Tensor::ones((1, 4), candle_core::DType::F32, &Device::Cpu).unwrap();
        let (made, apart) = (
            linear_onto(&rows, &matrix, Some(&bias), &onto).unwrap(),
            (linear(&rows, &matrix, Some(&bias)).unwrap() + 1.0).unwrap(),
        );
        assert!((made - apart).unwrap().abs().unwrap().max(1).unwrap().to_vec1::<f32>().unwrap()[0] < 1e-6);
    }
}
