use candle_core::{Result, Tensor};

use super::{CrossAttention, LayerNorm, Linear, Parameters, TransformerShape};
use crate::DiffusionError;
use crate::ops::geglu;

/// What diffusers' transformers add to variances of rows.
const OF_ROWS: f64 = 1e-5;

/// Rows look at each other, then at the text, then each goes through two layers.
pub(super) struct TransformerBlock {
    norms: [LayerNorm; 3],
    own: CrossAttention,
    text: CrossAttention,
    wide: Linear,
    narrow: Linear,
}

impl TransformerBlock {
    pub(super) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        shape: TransformerShape,
    ) -> std::result::Result<Self, DiffusionError> {
        let TransformerShape { width, context, heads, .. } = shape;
        let mut norm = |number: usize| LayerNorm::read(parameters, &format!("{prefix}.norm{number}"), width, OF_ROWS);
        let norms = [norm(1)?, norm(2)?, norm(3)?];
        Ok(Self {
            norms,
            own: CrossAttention::read(parameters, &format!("{prefix}.attn1"), [width, width], heads)?,
            text: CrossAttention::read(parameters, &format!("{prefix}.attn2"), [width, context], heads)?,
            // Four times as wide, and as many gates.
            wide: Linear::read(parameters, &format!("{prefix}.ff.net.0.proj"), [width, width * 8])?,
            narrow: Linear::read(parameters, &format!("{prefix}.ff.net.2"), [width * 4, width])?,
        })
    }

    pub(super) fn forward(&self, rows: &Tensor, context: &Tensor) -> Result<Tensor> {
        let [first, second, third] = &self.norms;
        let normal = first.forward(rows)?;
        let rows = self.own.forward_onto(&normal, &normal, rows)?;
        let rows = self.text.forward_onto(&second.forward(&rows)?, context, &rows)?;
        self.narrow.forward_onto(&geglu(&self.wide.forward(&third.forward(&rows)?)?)?, &rows)
    }
}
