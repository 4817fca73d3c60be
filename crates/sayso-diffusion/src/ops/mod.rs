//! What the nets are computed with: operations on the processor that know their own gradients. One file each, and each
//! gradient is compared with finite differences.
//!
//! Products are candle's; what is written here is what stands between them, fused, and with no more kept for the way
//! back than goes in: columns of a convolution and weights of an attention are computed again there.

mod attention;
mod columns;
mod conv2d;
#[cfg(test)]
mod differences;
mod geglu;
mod group_norm;
mod layer_norm;
mod linear;
mod moments;
mod quick_gelu;
mod storage;
mod tape;
mod upsample;

pub(crate) use attention::attention;
pub(crate) use columns::Geometry;
pub(crate) use conv2d::conv2d;
pub(crate) use geglu::geglu;
pub(crate) use group_norm::group_norm;
pub(crate) use layer_norm::layer_norm;
pub(crate) use linear::linear;
pub(crate) use quick_gelu::quick_gelu;
pub(crate) use tape::{Place, Tape};
pub(crate) use upsample::upsample;
