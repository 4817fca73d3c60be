//! The parts that the nets are made of, with their parameters, named as diffusers names them.

mod convolution;
mod cross_attention;
mod group_norm;
mod layer_norm;
mod layout;
mod linear;
mod low_rank;
mod parameters;
mod residual;
mod source;
mod transformer;
mod transformer_block;

pub(crate) use convolution::Convolution;
pub(crate) use cross_attention::CrossAttention;
pub(crate) use group_norm::GroupNorm;
pub(crate) use layer_norm::LayerNorm;
pub(crate) use layout::{Kept, Layout, Piece};
pub(crate) use linear::Linear;
pub(crate) use low_rank::LowRank;
pub(crate) use parameters::{Complete, Parameters};
pub(crate) use residual::Residual;
pub(crate) use source::{Source, is_pickle};
pub(crate) use transformer::{Transformer, TransformerShape};
