use candle_core::{Result, Tensor};

use super::exponential::exp;
use super::layer_norm::sum;
use super::{Activation, Linear, each_row};

/// Every place of a sequence looks at the others, with several heads.
pub(crate) struct Attention {
    /// Queries, keys and values in one product.
    into: Linear,
    out: Linear,
    heads: usize,
    /// Whether a place sees only those before it.
    causal: bool,
}

impl Attention {
    pub(crate) const fn new(into: Linear, out: Linear, heads: usize, causal: bool) -> Self {
        Self { into, out, heads, causal }
    }

    /// Sequences of `length` rows each, one after another.
    pub(crate) fn forward(&self, rows: &Tensor, length: usize) -> Result<Tensor> {
        let (count, width) = rows.dims2()?;
        let (sequences, deep) = (count / length.max(1), width / self.heads.max(1));
        let all = self.into.forward(rows, Activation::None)?;
        // [query, key or value] [sequence] [head] [place] [number]
        let all = all.reshape((sequences, length, 3, self.heads, deep))?.permute((2, 0, 3, 1, 4))?.contiguous()?;
        let part = |number| all.get(number)?.reshape((sequences * self.heads, length, deep));
        let scores = part(0)?.matmul(&part(1)?.t()?)?;
        #[expect(clippy::cast_precision_loss, reason = "a head has some dozen numbers")]
        let scale = 1.0 / (deep as f32).sqrt();
        each_row(&scores, |number, row| {
            let seen = if self.causal { number % length + 1 } else { length };
            let (seen, beyond) = row.split_at_mut(seen.min(row.len()));
            softmax(seen, scale);
            beyond.fill(0.0);
        })?;
        let mixed = scores.matmul(&part(2)?)?.reshape((sequences, self.heads, length, deep))?;
        self.out.forward(&mixed.transpose(1, 2)?.reshape((count, width))?, Activation::None)
    }
}

/// Makes scores, times `scale`, shares of one.
fn softmax(row: &mut [f32], scale: f32) {
    let largest = row.iter().fold(f32::MIN, |largest, value| largest.max(*value));
    row.iter_mut().for_each(|value| *value = exp((*value - largest) * scale));
    let share = 1.0 / sum(row, |value| value);
    row.iter_mut().for_each(|value| *value *= share);
}
