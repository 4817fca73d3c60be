use candle_core::{Result, Tensor};

use super::{Activation, Attention, LayerNorm, Linear, add};

/// Where a block normalises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// What goes into each half: vision transformers and CLIP's text tower.
    Before,
    /// What comes out of each half, with what went in: BERT.
    After,
}

/// Attention, then two layers for each place by itself; what went in is added to what comes out of both.
pub(crate) struct Block {
    pub(crate) attention: Attention,
    pub(crate) attention_norm: LayerNorm,
    pub(crate) wide: Linear,
    pub(crate) narrow: Linear,
    pub(crate) norm: LayerNorm,
    pub(crate) activation: Activation,
    pub(crate) order: Order,
}

impl Block {
    /// Sequences of `length` rows each. Changes `rows`, which nothing else may share.
    pub(crate) fn forward(&self, rows: &Tensor, length: usize) -> Result<()> {
        match self.order {
            Order::Before => {
                add(rows, &self.attention.forward(&self.attention_norm.forward(rows)?, length)?)?;
                add(rows, &self.feed(&self.norm.forward(rows)?)?)
            }
            Order::After => {
                add(rows, &self.attention.forward(rows, length)?)?;
                self.attention_norm.in_place(rows)?;
                add(rows, &self.feed(rows)?)?;
                self.norm.in_place(rows)
            }
        }
    }

    fn feed(&self, rows: &Tensor) -> Result<Tensor> {
        self.narrow.forward(&self.wide.forward(rows, self.activation)?, Activation::None)
    }
}
