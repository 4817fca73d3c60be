use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use sayso_model::wide;

use super::applied::apply3;
use super::plain;
use super::product::{By, Matrix, Onto, product};
use super::scratch::Scratch;
use super::softmax::softmax;
use super::storage::{held, numbers};

/// Places whose weights a thread has in memory at once.
const PLACES: usize = 128;

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
    if plain::is_plain(queries) {
        return plain::attention(queries, keys, values, heads, causal);
    }
    let operation = Attention { heads, causal };
    apply3(&queries.contiguous()?, &keys.contiguous()?, &values.contiguous()?, operation)
}

struct Attention {
    heads: usize,
    causal: bool,
}

impl Attention {
    /// Scores of the places from `first` on, row after row, become weights that sum to one; given are their sums before that,
    /// by which they are divided only if they are to be `whole`.
    fn weigh(&self, scores: &mut [f32], [seen, deep]: [usize; 2], first: usize, whole: bool) -> [f32; PLACES] {
        let scale = 1.0 / (deep as f32).sqrt();
        let mut sums = [1.0; PLACES];
        for ((number, row), sum) in scores.chunks_mut(seen).enumerate().zip(&mut sums) {
            let (row, beyond) = row.split_at_mut(if self.causal { (first + number + 1).min(seen) } else { seen });
            beyond.fill(0.0);
            *sum = softmax(row, scale, whole);
        }
        sums
    }

    fn sides(&self, queries: &Shape, keys: &Shape, values: &Shape) -> Result<[usize; 4]> {
        let (sequences, places, width) = queries.dims3()?;
        let (of_keys, seen, keys_width) = keys.dims3()?;
        if self.heads == 0 || width % self.heads != 0 || of_keys != sequences || keys_width != width || keys != values {
            bail!("queries {queries:?} do not fit keys {keys:?} and values {values:?} with {} heads", self.heads);
        }
        if width * seen == 0 {
            bail!("{seen} places of {width} numbers to look at");
        }
        Ok([sequences, places, seen, width])
    }

    /// From [sequence] [head] [place] [number] to [sequence] [place] [head, number].
    fn rows(&self, parts: &[f32], like: &Tensor, deep: usize) -> Result<Tensor> {
        let (_, places, width) = like.dims3()?;
        let mut made = vec![0.0; parts.len()];
        made.par_chunks_mut(width).enumerate().for_each(|(row, made)| {
            let (sequence, place) = (row / places, row % places);
            for (head, to) in made.chunks_mut(deep).enumerate() {
                let start = ((sequence * self.heads + head) * places + place) * deep;
                to.copy_from_slice(parts.get(start..start + deep).unwrap_or_default());
            }
        });
        Tensor::from_vec(made, like.shape(), like.device())
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
        let [_, places, seen, width] = self.sides(of_queries.shape(), of_keys.shape(), of_values.shape())?;
        let deep = width / self.heads;
        let (queries, keys, values) =
            (numbers(queries, of_queries)?, numbers(keys, of_keys)?, numbers(values, of_values)?);
        let mut mixed = vec![0.0; queries.len()];
        let pieces = mixed.chunks_mut((places * width).max(1)).enumerate().flat_map(|(sequence, mixed)| {
            let pieces = mixed.chunks_mut(PLACES * width).enumerate();
            pieces.map(move |(piece, mixed)| (sequence, piece * PLACES, mixed))
        });
        let room = || Scratch::of(PLACES.min(places) * seen);
        pieces.collect::<Vec<_>>().into_par_iter().try_for_each_init(room, |scores, (sequence, first, mixed)| {
            let rows = mixed.len() / width;
            let scores = scores.get_mut(..rows * seen).unwrap_or_default();
            for head in 0..self.heads {
                // Heads lie beside each other in a row: steps say where, and nothing is copied.
                let of = |numbers, row: usize, rows| head_of(numbers, row * width + head * deep, [rows, deep], width);
                let (keys, values) = (of(keys, sequence * seen, seen), of(values, sequence * seen, seen));
                let queries = of(queries, sequence * places + first, rows);
                product(Onto::new(&mut *scores, seen), queries, keys.turned(), By::One)?;
                let sums = self.weigh(scores, [seen, deep], first, false);
                let mixed = mixed.get_mut(head * deep..).unwrap_or_default();
                product(Onto::new(&mut *mixed, width), Matrix::rows(scores, [rows, seen]), values, By::One)?;
                for (row, sum) in mixed.chunks_mut(width).zip(sums) {
                    row.iter_mut().take(deep).for_each(|number| *number /= sum);
                }
            }
            Ok::<_, candle_core::Error>(())
        })?;
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
        let [_, places, seen, width] = self.sides(queries.shape(), keys.shape(), values.shape())?;
        let deep = width / self.heads;
        let gradient = gradient.contiguous()?;
        // [sequence] [head] [place] [number], so that every thread has its own.
        let mut of_queries = vec![0.0; queries.elem_count()];
        let (mut of_keys, mut of_values) = (vec![0.0; keys.elem_count()], vec![0.0; values.elem_count()]);
        {
            let ((q, of_q), (k, of_k)) = (queries.storage_and_layout(), keys.storage_and_layout());
            let ((v, of_v), (g, of_g)) = (values.storage_and_layout(), gradient.storage_and_layout());
            let (q, k, v, g) = (held(&q, of_q)?, held(&k, of_k)?, held(&v, of_v)?, held(&g, of_g)?);
            let parts =
                of_queries.par_chunks_mut((places * deep).max(1)).zip(of_keys.par_chunks_mut((seen * deep).max(1)));
            let parts = parts.zip(of_values.par_chunks_mut((seen * deep).max(1))).enumerate();
            parts.try_for_each(|(part, ((of_queries, of_keys), of_values))| {
                let (sequence, head) = (part / self.heads, part % self.heads);
                let of = |numbers, row: usize, rows| head_of(numbers, row * width + head * deep, [rows, deep], width);
                let (keys, values) = (of(k, sequence * seen, seen), of(v, sequence * seen, seen));
                let mut room = Scratch::of(2 * PLACES.min(places) * seen);
                for (piece, of_queries) in of_queries.chunks_mut(PLACES * deep).enumerate() {
                    let (first, rows) = (piece * PLACES, of_queries.len() / deep);
                    let (weights, of_weights) = room.split_at_mut(PLACES.min(places) * seen);
                    let weights = weights.get_mut(..rows * seen).unwrap_or_default();
                    let of_weights = of_weights.get_mut(..rows * seen).unwrap_or_default();
                    let (queries, gradient) =
                        (of(q, sequence * places + first, rows), of(g, sequence * places + first, rows));
                    product(Onto::new(&mut *weights, seen), queries, keys.turned(), By::One)?;
                    self.weigh(weights, [seen, deep], first, true);
                    let some = Matrix::rows(weights, [rows, seen]);
                    product(Onto::adding(&mut *of_values, deep), some.turned(), gradient, By::One)?;
                    product(Onto::new(&mut *of_weights, seen), gradient, values.turned(), By::One)?;
                    through(weights, of_weights, [seen, deep]);
                    let some = Matrix::rows(of_weights, [rows, seen]);
                    product(Onto::new(of_queries, deep), some, keys, By::One)?;
                    product(Onto::adding(&mut *of_keys, deep), some.turned(), queries, By::One)?;
                }
                Ok::<_, candle_core::Error>(())
            })?;
        }
        let (of_queries, of_keys) = (self.rows(&of_queries, queries, deep)?, self.rows(&of_keys, keys, deep)?);
        Ok((Some(of_queries), Some(of_keys), Some(self.rows(&of_values, values, deep)?)))
    }
}

/// Rows of one head, from the number `start` on.
fn head_of(numbers: &[f32], start: usize, sides: [usize; 2], width: usize) -> Matrix<'_> {
    Matrix::apart(numbers.get(start..).unwrap_or_default(), sides, width)
}

/// Gradients of weights become those of scores: w (g - Σ w g), scaled.
fn through(weights: &[f32], of_weights: &mut [f32], [seen, deep]: [usize; 2]) {
    let scale = 1.0 / (deep as f32).sqrt();
    for (weights, gradients) in weights.chunks(seen).zip(of_weights.chunks_mut(seen)) {
        wide(
            #[inline(always)]
            || {
                let mut sums = [0.0_f32; 16];
                for (weights, gradients) in weights.chunks(16).zip(gradients.chunks(16)) {
                    for ((sum, weight), gradient) in sums.iter_mut().zip(weights).zip(gradients) {
                        *sum += weight * gradient;
                    }
                }
                let common: f32 = sums.iter().sum();
                for (weight, gradient) in weights.iter().zip(gradients) {
                    *gradient = weight * (*gradient - common) * scale;
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor, Var};

    use super::super::differences::assert_gradients;
    use super::super::plain::tests::plainly;
    use super::super::recorded;
    use super::attention;

    #[test]
    fn gradients_are_those_of_differences() {
        let one: &[usize] = &[2, 3, 4];
        let other: &[usize] = &[2, 5, 4];
        assert_gradients(&[one, other, other], |of| attention(&of[0], &of[1], &of[2], 2, false));
        assert_gradients(&[other, other, other], |of| attention(&of[0], &of[1], &of[2], 1, true));
    }

    #[test]
    fn gradients_of_more_places_than_fit_at_once_are_candles() {
        let of = |by: f32, places: usize| {
            let numbers: Vec<f32> = (0..2 * places * 6).map(|number| (number as f32 * by).sin()).collect();
            Var::from_vec(numbers, (2, places, 6), &Device::Cpu).unwrap()
        };
        let factors = of(0.9, 300);
        for (keys, causal) in [(300, false), (300, true), (140, false)] {
            let given = [of(0.37, 300), of(0.73, keys), of(0.11, keys)];
            let computed = || {
                let (sum, record) = recorded(|| {
                    let made = attention(&given[0], &given[1], &given[2], 2, causal).unwrap();
                    (made * factors.as_detached_tensor()).unwrap().sum_all().unwrap()
                });
                let found = record.back(&sum).unwrap();
                given.each_ref().map(|var| found.get(var).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap())
            };
            for (ours, theirs) in computed().iter().zip(&plainly(computed)) {
                let largest = theirs.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
                let apart = ours.iter().zip(theirs).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
                assert!(apart < 1e-5 * largest, "{apart} of {largest}");
            }
        }
    }

    #[test]
    fn more_places_than_fit_at_once_are_all_seen() {
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
