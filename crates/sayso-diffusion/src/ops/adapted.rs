use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};

use super::applied::apply3;
use super::linear::{begin, of_width};
use super::plain;
use super::product::{By, Matrix, Onto, product};
use super::storage::{held, numbers};

/// Rows times a matrix that is not trained, and a bias, and what an adapter adds: the same rows through two matrices, one down
/// to few numbers and one up again. Nothing in between is kept.
pub(crate) fn adapted(
    rows: &Tensor,
    (matrix, bias): (&Tensor, Option<&Tensor>),
    (down, up): (&Tensor, &Tensor),
    scale: f64,
) -> Result<Tensor> {
    if plain::is_plain(rows) {
        // The few numbers between are multiplied, and not the many that come out.
        let few = (plain::linear(rows, down, None)? * scale)?;
        return plain::linear(rows, matrix, bias)? + plain::linear(&few, up, None)?;
    }
    let operation =
        Adapted { matrix: matrix.contiguous()?, bias: bias.map(Tensor::contiguous).transpose()?, scale: scale as f32 };
    apply3(&rows.contiguous()?, &down.contiguous()?, &up.contiguous()?, operation)
}

struct Adapted {
    matrix: Tensor,
    bias: Option<Tensor>,
    scale: f32,
}

impl Adapted {
    /// How many rows, of how many numbers each, through how many, and how many come out.
    fn sides(&self, rows: &Shape, down: &Shape, up: &Shape) -> Result<[usize; 4]> {
        let ((outputs, inputs), (rank, of_down), (of_up, of_rank)) = (self.matrix.dims2()?, down.dims2()?, up.dims2()?);
        let fits = of_down == inputs && of_up == outputs && of_rank == rank && rows.dims().last() == Some(&inputs);
        if !fits || inputs == 0 || outputs == 0 {
            bail!("rows of {rows:?} and an adapter of {down:?} and {up:?} do not fit {:?}", self.matrix.shape());
        }
        Ok([rows.elem_count() / inputs, inputs, rank, outputs])
    }

    /// The few numbers between the two matrices, scaled; all rows beside each other, since they fill the processor's vectors
    /// and the few do not: [rank] [row].
    fn between(&self, rows: Matrix<'_>, down: Matrix<'_>, [count, rank]: [usize; 2]) -> Result<Vec<f32>> {
        let mut few = vec![0.0; count * rank];
        product(Onto::new(&mut few, count), down.turned(), rows.turned(), By::All)?;
        few.iter_mut().for_each(|number| *number *= self.scale);
        Ok(few)
    }
}

impl CustomOp3 for Adapted {
    fn name(&self) -> &'static str {
        "adapted"
    }

    fn cpu_fwd(
        &self,
        rows: &CpuStorage,
        of_rows: &Layout,
        down: &CpuStorage,
        of_down: &Layout,
        up: &CpuStorage,
        of_up: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [count, inputs, rank, outputs] = self.sides(of_rows.shape(), of_down.shape(), of_up.shape())?;
        let bias = self.bias.as_ref().map(Tensor::storage_and_layout);
        let bias = bias.as_ref().map(|(bias, layout)| held(bias, layout)).transpose()?;
        let mut made = begin(bias.unwrap_or(&[0.0]), None, [count, outputs])?;
        let rows = Matrix::rows(numbers(rows, of_rows)?, [count, inputs]);
        let (matrix, of_matrix) = self.matrix.storage_and_layout();
        let matrix = Matrix::rows(held(&matrix, of_matrix)?, [outputs, inputs]);
        product(Onto::adding(&mut made, outputs), rows, matrix.turned(), By::All)?;
        let down = Matrix::rows(numbers(down, of_down)?, [rank, inputs]).turned();
        let few = self.between(rows, down, [count, rank])?;
        let up = Matrix::rows(numbers(up, of_up)?, [outputs, rank]).turned();
        product(Onto::adding(&mut made, outputs), Matrix::rows(&few, [rank, count]).turned(), up, By::All)?;
        Ok((CpuStorage::F32(made), of_width(of_rows.dims(), outputs)))
    }

    fn bwd(
        &self,
        rows: &Tensor,
        down: &Tensor,
        up: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let [count, inputs, rank, outputs] = self.sides(rows.shape(), down.shape(), up.shape())?;
        let gradient = gradient.contiguous()?;
        let (mut of_down, mut of_up) = (vec![0.0; down.elem_count()], vec![0.0; up.elem_count()]);
        let mut of_rows = vec![0.0; if rows.track_op() { rows.elem_count() } else { 0 }];
        {
            let ((pixels, of_pixels), (given, of_given)) = (rows.storage_and_layout(), gradient.storage_and_layout());
            let ((down, of_matrix), (up, of_other)) = (down.storage_and_layout(), up.storage_and_layout());
            let pixels = Matrix::rows(held(&pixels, of_pixels)?, [count, inputs]);
            let given = Matrix::rows(held(&given, of_given)?, [count, outputs]);
            let down = Matrix::rows(held(&down, of_matrix)?, [rank, inputs]);
            let up = Matrix::rows(held(&up, of_other)?, [outputs, rank]);
            let few = self.between(pixels, down.turned(), [count, rank])?;
            let mut turned = vec![0.0; of_up.len()];
            product(Onto::new(&mut turned, outputs), Matrix::rows(&few, [rank, count]), given, By::All)?;
            for (number, to) in of_up.iter_mut().enumerate() {
                *to = turned.get(number % rank * outputs + number / rank).copied().unwrap_or(0.0);
            }
            let back = self.between(given, up, [count, rank])?;
            let back = Matrix::rows(&back, [rank, count]);
            product(Onto::new(&mut of_down, inputs), back, pixels, By::All)?;
            if rows.track_op() {
                let (matrix, of_matrix) = self.matrix.storage_and_layout();
                let matrix = Matrix::rows(held(&matrix, of_matrix)?, [outputs, inputs]);
                product(Onto::new(&mut of_rows, inputs), given, matrix, By::All)?;
                product(Onto::adding(&mut of_rows, inputs), back.turned(), down, By::All)?;
            }
        }
        let tensor = |numbers, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device()).map(Some);
        let of_rows = if rows.track_op() { tensor(of_rows, rows)? } else { None };
        Ok((of_rows, tensor(of_down, down)?, tensor(of_up, up)?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use super::super::differences::assert_gradients;
    use super::super::linear;
    use super::adapted;

    #[test]
    fn gradients_are_those_of_differences() {
        let numbers: Vec<f32> = (0..20_u8).map(|number| f32::from(number) * 0.1 - 0.7).collect();
        let matrix = Tensor::from_vec(numbers, (4, 5), &Device::Cpu).unwrap();
        let bias = Tensor::new(&[0.5_f32, -1.0, 2.0, 0.0], &Device::Cpu).unwrap();
        for bias in [None, Some(&bias)] {
            assert_gradients(&[&[2, 3, 5], &[2, 5], &[4, 2]], |of| {
                adapted(&of[0], (&matrix, bias), (&of[1], &of[2]), 0.5)
            });
            // It is the sum of its parts.
            let of = |rows: usize, columns: usize| {
                let numbers: Vec<f32> = (0..rows * columns).map(|number| (number as f32 * 0.7).sin()).collect();
                Tensor::from_vec(numbers, (rows, columns), &Device::Cpu).unwrap()
            };
            let (rows, down, up) = (of(3, 5), of(2, 5), of(4, 2));
            let through = linear(&linear(&rows, &down, None).unwrap(), &up, None).unwrap();
            let apart = (linear(&rows, &matrix, bias).unwrap() + (through * 0.5).unwrap()).unwrap();
            let made = adapted(&rows, (&matrix, bias), (&down, &up), 0.5).unwrap();
            let differs = (made - apart).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap();
            assert!(differs.to_scalar::<f32>().unwrap() < 1e-6);
        }
    }
}
