use candle_core::{Result, Tensor};

use super::TextConfig;
use crate::DiffusionError;
use crate::net::{LayerNorm, Linear, Parameters};
use crate::ops::{attention, quick_gelu};

/// Tokens look at those before them, then each goes through two layers.
pub(super) struct Layer {
    first_norm: LayerNorm,
    /// Queries, keys, values.
    into: [Linear; 3],
    out: Linear,
    heads: usize,
    second_norm: LayerNorm,
    wide: Linear,
    narrow: Linear,
    quick: bool,
}

impl Layer {
    pub(super) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        config: &TextConfig,
    ) -> std::result::Result<Self, DiffusionError> {
        let (width, inner) = (config.width, config.inner);
        let mut linear = |part: &str, sides: [usize; 2]| Linear::read(parameters, &format!("{prefix}.{part}"), sides);
        let same = [width, width];
        let into =
            [linear("self_attn.q_proj", same)?, linear("self_attn.k_proj", same)?, linear("self_attn.v_proj", same)?];
        let out = linear("self_attn.out_proj", same)?;
        let (wide, narrow) = (linear("mlp.fc1", [width, inner])?, linear("mlp.fc2", [inner, width])?);
        let mut norm = |part: &str| LayerNorm::read(parameters, &format!("{prefix}.{part}"), width, config.epsilon);
        let (first_norm, second_norm) = (norm("layer_norm1")?, norm("layer_norm2")?);
        Ok(Self { first_norm, into, out, heads: config.heads, second_norm, wide, narrow, quick: config.quick })
    }

    pub(super) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let normal = self.first_norm.forward(rows)?;
        let [queries, keys, values] = &self.into;
        let (queries, keys, values) = (queries.forward(&normal)?, keys.forward(&normal)?, values.forward(&normal)?);
        let rows = self.out.forward_onto(&attention(&queries, &keys, &values, self.heads, true)?, rows)?;
        let wide = self.wide.forward(&self.second_norm.forward(&rows)?)?;
        let wide = if self.quick { quick_gelu(&wide)? } else { wide.gelu_erf()? };
        self.narrow.forward_onto(&wide, &rows)
    }
}
