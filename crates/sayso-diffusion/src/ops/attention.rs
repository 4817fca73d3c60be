use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use sayso_model::{each_row, exp};

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// Places whose weights are in memory at once, for all heads.
const PLACES: usize = 256;

/// Every place of `queries` looks at all places of `keys` and mixes their `values`, with several heads; all are [sequence]
/// [place] [head, number]. Where it is `causal`, a place sees only itself and those before it.
///
/// No more than some rows of weights are ever kept: on the way back they are computed again.
pub(crate) fn attention(
    queries: &Tensor,
    keys: &Tensor,
    values: &Tensor,
    heads: usize,
    causal: bool,
) -> Result<Tensor> {
    let operation = Attention { heads, causal };
    queries.contiguous()?.apply_op3(&keys.contiguous()?, &values.contiguous()?, operation)
}

struct Attention {
    heads: usize,
    causal: bool,
}

impl Attention {
    /// Makes scores of the places from `first` on weights that sum to one. Rows are [head] [place], as many as `rows` a head.
    fn weigh(&self, deep: usize, first: usize, rows: usize) -> impl Fn(usize, &mut [f32]) + Sync + use<> {
        let scale = 1.0 / (deep as f32).sqrt();
        let causal = self.causal;
        move |number, row| {
            let seen = if causal { first + number % rows + 1 } else { row.len() };
            let (seen, beyond) = row.split_at_mut(seen.min(row.len()));
            let largest = seen.iter().fold(f32::MIN, |largest, score| largest.max(*score));
            seen.iter_mut().for_each(|score| *score = exp((*score - largest) * scale));
            let sum: f32 = seen.chunks(16).map(|some| some.iter().sum::<f32>()).sum();
            seen.iter_mut().for_each(|weight| *weight /= sum);
            beyond.fill(0.0);
        }
    }

    fn sides(&self, queries: &Shape, keys: &Shape, values: &Shape) -> Result<[usize; 4]> {
        let (sequences, places, width) = queries.dims3()?;
        let (of_keys, seen, keys_width) = keys.dims3()?;
        if self.heads == 0 || width % self.heads != 0 || of_keys != sequences || keys_width != width || keys != values {
            bail!("queries {queries:?} do not fit keys {keys:?} and values {values:?} with {} heads", self.heads);
        }
        Ok([sequences, places, seen, width])
    }
}

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(
        &self,
        queries: &CpuStorage,
        of_queries: &Layout,
        keys: &CpuStorage,
        of_keys: &Layout,
        values: &CpuStorage,
        of_values: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [sequences, places, seen, width] = self.sides(of_queries.shape(), of_keys.shape(), of_values.shape())?;
        let (heads, deep) = (self.heads, width / self.heads);
        let mut mixed = vec![0.0; sequences * places * width];
        for sequence in 0..sequences {
            for first in (0..places).step_by(PLACES) {
                let rows = PLACES.min(places - first);
                let begin = (sequence * places + first) * width;
                // Heads lie beside each other in a row: strides say where, and nothing is copied.
                let some_queries =
                    Layout::new((heads, rows, deep).into(), vec![deep, width, 1], of_queries.start_offset() + begin);
                let start = sequence * seen * width;
                let all_keys =
                    Layout::new((heads, deep, seen).into(), vec![deep, 1, width], of_keys.start_offset() + start);
                let all_values =
                    Layout::new((heads, seen, deep).into(), vec![deep, width, 1], of_values.start_offset() + start);
                let scores = queries.matmul(keys, (heads, rows, seen, deep), &some_queries, &all_keys)?;
                let CpuStorage::F32(mut scores) = scores else {
                    bail!("not numbers of 32 bits");
                };
                let weigh = self.weigh(deep, first, rows);
                scores.par_chunks_mut(seen.max(1)).enumerate().for_each(|(number, row)| weigh(number, row));
                let weights = Layout::contiguous((heads, rows, seen));
                let some = CpuStorage::F32(scores).matmul(values, (heads, rows, deep, seen), &weights, &all_values)?;
                for (number, from) in some.as_slice::<f32>()?.chunks(deep.max(1)).enumerate() {
                    let to = begin + number % rows * width + number / rows * deep;
                    if let Some(to) = mixed.get_mut(to..to + deep) {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
        Ok((CpuStorage::F32(mixed), of_queries.shape().clone()))
    }

    fn bwd(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        values: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let [sequences, places, seen, width] = self.sides(queries.shape(), keys.shape(), values.shape())?;
        let (heads, deep) = (self.heads, width / self.heads);
        let scale = 1.0 / (deep as f64).sqrt();
        let (mut of_queries, mut of_keys, mut of_values) = (Vec::new(), Vec::new(), Vec::new());
        for sequence in 0..sequences {
            // [head] [place] [number]
            let heads_of = |tensor: &Tensor, places: usize| {
                tensor.detach().contiguous()?.get(sequence)?.reshape((places, heads, deep))?.transpose(0, 1)
            };
            let (queries, gradient) = (heads_of(queries, places)?, heads_of(gradient, places)?);
            let (keys, values) = (heads_of(keys, seen)?, heads_of(values, seen)?);
            let nothing = Tensor::zeros((heads, seen, deep), keys.dtype(), keys.device())?;
            let (mut sum_of_keys, mut sum_of_values) = (nothing.clone(), nothing);
            let mut parts = Vec::new();
            for first in (0..places).step_by(PLACES) {
                let rows = PLACES.min(places - first);
                let (queries, gradient) = (queries.narrow(1, first, rows)?, gradient.narrow(1, first, rows)?);
                let weights = queries.matmul(&keys.transpose(1, 2)?)?;
                each_row(&weights, self.weigh(deep, first, rows))?;
                sum_of_values = (sum_of_values + weights.transpose(1, 2)?.matmul(&gradient)?)?;
                // Through the softmax: w (g - Σ w g).
                let of_weights = gradient.matmul(&values.transpose(1, 2)?)?;
                let common = (&weights * &of_weights)?.sum_keepdim(2)?;
                let of_scores = ((weights * of_weights.broadcast_sub(&common)?)? * scale)?;
                parts.push(of_scores.matmul(&keys)?);
                sum_of_keys = (sum_of_keys + of_scores.transpose(1, 2)?.matmul(&queries)?)?;
            }
            let rows = |tensor: &Tensor, places: usize| tensor.transpose(0, 1)?.contiguous()?.reshape((places, width));
            of_queries.push(rows(&Tensor::cat(&parts, 1)?, places)?);
            of_keys.push(rows(&sum_of_keys, seen)?);
            of_values.push(rows(&sum_of_values, seen)?);
        }
        let all = |parts: &[Tensor]| Tensor::stack(parts, 0).map(Some);
        Ok((all(&of_queries)?, all(&of_keys)?, all(&of_values)?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::differences::assert_gradients;
    use super::attention;

    #[test]
    fn gradients_are_those_of_differences() {
        let one: &[usize] = &[2, 3, 4];
        let other: &[usize] = &[2, 5, 4];
        assert_gradients(&[one, other, other], |of| attention(&of[0], &of[1], &of[2], 2, false));
        assert_gradients(&[other, other, other], |of| attention(&of[0], &of[1], &of[2], 1, true));
    }

    #[test]
    fn more_places_than_fit_at_once_are_all_seen() {
        use candle_core::{Device, Tensor};
        let of = |start: f32, count: usize| {
            let numbers: Vec<f32> = (0..count * 2).map(|n| (n as f32 * 0.37 + start).sin()).collect();
            Tensor::from_vec(numbers, (1, count, 2), &Device::Cpu).unwrap()
        };
        let (queries, keys, values) = (of(0.0, 600), of(1.0, 4), of(2.0, 4));
        let whole = attention(&queries, &keys, &values, 1, false).unwrap();
        let last = attention(&queries.narrow(1, 599, 1).unwrap(), &keys, &values, 1, false).unwrap();
        let whole = whole.narrow(1, 599, 1).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let last = last.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert!(whole.iter().zip(&last).all(|(a, b)| (a - b).abs() < 1e-6), "{whole:?} {last:?}");
    }
}
