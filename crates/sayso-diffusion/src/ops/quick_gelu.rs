use candle_core::{Result, Tensor};

/// x · σ(1.702 x), the approximation of gelu that OpenAI's CLIP was trained with.
pub(crate) fn quick_gelu(x: &Tensor) -> Result<Tensor> {
    x / x.affine(-1.702, 0.0)?.exp()?.affine(1.0, 1.0)?
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::quick_gelu;

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[3, 4]], |of| quick_gelu(&of[0]));
    }
}
