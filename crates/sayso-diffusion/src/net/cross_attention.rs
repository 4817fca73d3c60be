use candle_core::{Result, Tensor};

use super::{Linear, Parameters};
use crate::DiffusionError;
use crate::ops::attention;

/// Places that look at a context: at themselves, or at a text.
pub(crate) struct CrossAttention {
    queries: Linear,
    keys: Linear,
    values: Linear,
    out: Linear,
    heads: usize,
}

impl CrossAttention {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        [width, context]: [usize; 2],
        heads: usize,
    ) -> std::result::Result<Self, DiffusionError> {
        let mut of = |part: &str, inputs: usize| {
            Linear::named(parameters, &[&format!("{prefix}.{part}")], [inputs, width], false)
        };
        let (queries, keys, values) = (of("to_q", width)?, of("to_k", context)?, of("to_v", context)?);
        let out = Linear::read(parameters, &format!("{prefix}.to_out.0"), [width, width])?;
        Ok(Self { queries, keys, values, out, heads })
    }

    /// What the places of `rows` see, added to `onto`.
    pub(crate) fn forward_onto(&self, rows: &Tensor, context: &Tensor, onto: &Tensor) -> Result<Tensor> {
        let (keys, values) = (self.keys.forward(context)?, self.values.forward(context)?);
        let seen = attention(&self.queries.forward(rows)?, &keys, &values, self.heads, false)?;
        self.out.forward_onto(&seen, onto)
    }
}
