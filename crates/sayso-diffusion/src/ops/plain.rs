//! The same operations of candle's own, each of which knows its gradient on every device: what is computed with where the
//! weights lie on a graphics processor. On the processor only tests ask for them.

use candle_core::{DType, Result, Tensor};

use super::Geometry;
use super::linear::of_width;

/// Whether a tensor is computed with candle's own operations.
pub(crate) fn is_plain(tensor: &Tensor) -> bool {
    #[cfg(test)]
    if tests::FORCED.get() {
        return true;
    }
    !tensor.device().is_cpu()
}

/// Adds a ground, as [`super::conv2d`] has it.
pub(super) fn conv2d(pictures: &Tensor, kernels: &Tensor, ground: &Tensor, geometry: Geometry) -> Result<Tensor> {
    let Geometry { before, after, stride, kernel } = geometry;
    let made = if before == after && stride == 1 {
        pictures.conv2d(kernels, before, stride, 1, 1)?
    } else {
        // What no place reaches is cut off: candle's way back takes it to be as much in both directions.
        let (_, _, height, width) = pictures.dims4()?;
        let reach = |side| kernel + stride * (geometry.places(side) - 1);
        let wider = pictures.pad_with_zeros(2, before, after)?.pad_with_zeros(3, before, after)?;
        let reached = wider.narrow(2, 0, reach(height))?.narrow(3, 0, reach(width))?.contiguous()?;
        reached.conv2d(kernels, 0, stride, 1, 1)?
    };
    match *ground.dims() {
        [channels] => made.broadcast_add(&ground.reshape((1, channels, 1, 1))?),
        [count, channels] => made.broadcast_add(&ground.reshape((count, channels, 1, 1))?),
        _ => made + ground,
    }
}

pub(super) fn linear(rows: &Tensor, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (outputs, inputs) = matrix.dims2()?;
    let made = rows.contiguous()?.reshape(((), inputs))?.matmul(&matrix.t()?)?;
    let made = match bias {
        Some(bias) => made.broadcast_add(bias)?,
        None => made,
    };
    made.reshape(of_width(rows.dims(), outputs))
}

pub(super) fn attention(
    queries: &Tensor,
    keys: &Tensor,
    values: &Tensor,
    heads: usize,
    causal: bool,
) -> Result<Tensor> {
    let (sequences, places, width) = queries.dims3()?;
    let seen = keys.dim(1)?;
    let deep = width / heads;
    // [sequence] [head] [place] [number]
    let of = |rows: &Tensor, places: usize| {
        rows.contiguous()?.reshape((sequences, places, heads, deep))?.transpose(1, 2)?.contiguous()
    };
    let (queries, keys, values) = (of(queries, places)?, of(keys, seen)?, of(values, seen)?);
    let mut scores = (queries.matmul(&keys.transpose(2, 3)?.contiguous()?)? * (1.0 / (deep as f64).sqrt()))?;
    if causal {
        let hidden = |place: usize| (0..seen).map(move |other| if other > place { -1e9_f32 } else { 0.0 });
        let hidden: Vec<f32> = (0..places).flat_map(hidden).collect();
        let hidden = Tensor::from_vec(hidden, (places, seen), scores.device())?.to_dtype(scores.dtype())?;
        scores = scores.broadcast_add(&hidden)?;
    }
    // candle's own softmax has no gradient. What is taken off changes nothing, and so it needs none.
    let powers = scores.broadcast_sub(&scores.max_keepdim(3)?.detach())?.exp()?;
    let weights = powers.broadcast_div(&powers.sum_keepdim(3)?)?;
    weights.matmul(&values)?.transpose(1, 2)?.contiguous()?.reshape((sequences, places, width))
}

pub(super) fn geglu(rows: &Tensor) -> Result<Tensor> {
    let last = rows.rank().saturating_sub(1);
    let width = rows.dim(last)? / 2;
    rows.narrow(last, 0, width)? * rows.narrow(last, width, width)?.contiguous()?.gelu_erf()?
}

pub(super) fn group_norm(
    pictures: &Tensor,
    scale: &Tensor,
    shift: &Tensor,
    groups: usize,
    epsilon: f64,
    silu: bool,
) -> Result<Tensor> {
    let shape = pictures.dims().to_vec();
    let (count, channels) = (pictures.dim(0)?, pictures.dim(1)?);
    let normal =
        normal(&pictures.contiguous()?.reshape((count, groups, ()))?, epsilon)?.reshape((count, channels, ()))?;
    let side = |numbers: &Tensor| numbers.reshape((1, channels, 1));
    let made = normal.broadcast_mul(&side(scale)?)?.broadcast_add(&side(shift)?)?.reshape(shape)?;
    if silu { made.silu() } else { Ok(made) }
}

pub(super) fn layer_norm(rows: &Tensor, scale: &Tensor, shift: &Tensor, epsilon: f64) -> Result<Tensor> {
    normal(rows, epsilon)?.broadcast_mul(scale)?.broadcast_add(shift)
}

/// Rows, the last side, with mean zero and variance one. Sums have 32 bits, whatever the numbers have.
fn normal(rows: &Tensor, epsilon: f64) -> Result<Tensor> {
    let last = rows.rank().saturating_sub(1);
    let kind = rows.dtype();
    let rows = rows.to_dtype(DType::F32)?;
    let centred = rows.broadcast_sub(&rows.mean_keepdim(last)?)?;
    let variance = centred.sqr()?.mean_keepdim(last)?;
    centred.broadcast_div(&(variance + epsilon)?.sqrt()?)?.to_dtype(kind)
}

pub(super) fn upsample(pictures: &Tensor, [high, wide]: [usize; 2]) -> Result<Tensor> {
    let (_, _, height, width) = pictures.dims4()?;
    let chosen = |made: usize, of: usize| {
        let places: Vec<u32> = (0..made).map(|place| u32::try_from(place * of / made).unwrap_or(0)).collect();
        Tensor::from_vec(places, made, pictures.device())
    };
    pictures.contiguous()?.index_select(&chosen(high, height)?, 2)?.contiguous()?.index_select(&chosen(wide, width)?, 3)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::cell::Cell;

    use candle_core::{Result, Tensor};

    use super::super::differences::assert_gradients;
    use super::super::{Geometry, adapted, attention, beside, conv2d, conv2d_onto, geglu, group_norm, layer_norm};
    use super::super::{linear, linear_onto, turned, upsample};

    thread_local! {
        /// Whether this thread computes with candle's own operations.
        pub(crate) static FORCED: Cell<bool> = const { Cell::new(false) };
    }

    /// Does work with candle's own operations.
    pub(crate) fn plainly<Made>(work: impl FnOnce() -> Made) -> Made {
        FORCED.set(true);
        let made = work();
        FORCED.set(false);
        made
    }

    /// Asserts that both ways give the same numbers, and that the gradients of candle's are those of differences.
    fn assert_same(shapes: &[&[usize]], operation: impl Fn(&[Tensor]) -> Result<Tensor>) {
        plainly(|| assert_gradients(shapes, &operation));
        // The difference of both has no gradient, wherever one stands.
        assert_gradients(shapes, |of| {
            let made = operation(of)?;
            let plain = plainly(|| operation(of))?;
            let apart = (&made - &plain)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
            assert!(apart < 1e-5, "{apart}");
            made * 0.5 + (plain * 0.5)?
        });
    }

    #[test]
    fn both_ways_are_the_same() {
        let same = Geometry::same(3);
        let lopsided = Geometry { before: 0, after: 1, stride: 2, ..same };
        let pictures: &[usize] = &[2, 3, 4, 5];
        for geometry in [same, Geometry { stride: 2, ..same }, lopsided] {
            assert_same(&[pictures, &[4, 3, 3, 3], &[4]], |of| conv2d(&of[0], &of[1], &of[2], geometry));
        }
        assert_same(&[pictures, &[4, 3, 3, 3], &[2, 4]], |of| conv2d(&of[0], &of[1], &of[2], same));
        assert_same(&[pictures, &[4, 3, 3, 3], &[4], &[2, 4, 4, 5]], |of| {
            conv2d_onto(&of[0], &of[1], &of[2], same, &of[3])
        });
        let rows: &[usize] = &[2, 3, 4];
        assert_same(&[rows, &[6, 4], &[6]], |of| linear(&of[0], &of[1], Some(&of[2])));
        assert_same(&[rows, &[6, 4], &[2, 3, 6]], |of| linear_onto(&of[0], &of[1], None, &of[2]));
        let matrix = Tensor::ones((5, 4), candle_core::DType::F32, &candle_core::Device::Cpu).unwrap();
        assert_same(&[rows, &[2, 4], &[5, 2]], |of| adapted(&of[0], (&matrix, None), (&of[1], &of[2]), 0.5));
        assert_same(&[rows, &[2, 5, 4], &[2, 5, 4]], |of| attention(&of[0], &of[1], &of[2], 2, false));
        assert_same(&[rows, rows, rows], |of| attention(&of[0], &of[1], &of[2], 2, true));
        assert_same(&[rows], |of| geglu(&of[0]));
        for silu in [false, true] {
            assert_same(&[&[2, 4, 2, 3], &[4], &[4]], |of| group_norm(&of[0], &of[1], &of[2], 2, 1e-5, silu));
        }
        assert_same(&[rows, &[4], &[4]], |of| layer_norm(&of[0], &of[1], &of[2], 1e-5));
        assert_same(&[&[1, 2, 2, 3]], |of| upsample(&of[0], [3, 6]));
        assert_same(&[&[2, 3, 2, 2], &[2, 1, 2, 2]], |of| beside(&of[0], &of[1]));
        assert_same(&[rows], |of| turned(&of[0]));
    }
}
