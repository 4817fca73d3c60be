use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Storage, Tensor, bail};

/// Rows times a matrix with a row for each output, as torch keeps it, and a bias. A row is the last side of `rows`.
///
/// No gradient is computed of a matrix that is not trained: with an adapter, that is half of the way back.
pub(crate) fn linear(rows: &Tensor, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (outputs, inputs) = matrix.dims2()?;
    let mut shape = rows.dims().to_vec();
    if let Some(last) = shape.last_mut() {
        *last = outputs;
    }
    let rows = rows.contiguous()?.reshape(((), inputs))?;
    let product = if matrix.track_op() || !rows.track_op() {
        rows.matmul(&matrix.t()?)?
    } else {
        rows.apply_op1(Fixed { matrix: matrix.contiguous()? })?
    };
    let product = match bias {
        Some(bias) => product.broadcast_add(bias)?,
        None => product,
    };
    product.reshape(shape)
}

/// A product with a matrix that stays as it is.
struct Fixed {
    matrix: Tensor,
}

impl CustomOp1 for Fixed {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, inputs) = layout.shape().dims2()?;
        let (outputs, _) = self.matrix.dims2()?;
        let (matrix, of_matrix) = self.matrix.storage_and_layout();
        let Storage::Cpu(matrix) = &*matrix else { bail!("not on the processor") };
        let made = rows.matmul(matrix, (1, count, outputs, inputs), layout, &of_matrix.transpose(0, 1)?)?;
        Ok((made, (count, outputs).into()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        gradient.contiguous()?.matmul(&self.matrix).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::linear;

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 5], &[4, 5], &[4]], |of| linear(&of[0], &of[1], Some(&of[2])));
        assert_gradients(&[&[3, 5], &[4, 5]], |of| linear(&of[0], &of[1], None));
        // A matrix that is not trained, and neither is the bias.
        assert_gradients(&[&[2, 3, 5]], |of| {
            let numbers: Vec<f32> = (0..20_u8).map(|number| f32::from(number) * 0.1 - 0.7).collect();
            let matrix = candle_core::Tensor::from_vec(numbers, (4, 5), of[0].device())?;
            linear(&of[0], &matrix, Some(&matrix.narrow(1, 0, 1)?.flatten_all()?))
        });
    }
}
