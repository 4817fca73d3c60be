//! The parts that the nets are made of. Matrices are multiplied by candle; what works on one row after another is written
//! here, in place and fused, because between two products the nets are bound by memory.

mod activation;
mod attention;
mod block;
mod convolution;
mod exponential;
mod layer_norm;
mod linear;
mod pool;
mod rows;
mod wide;

pub(crate) use activation::Activation;
pub(crate) use attention::Attention;
pub(crate) use block::{Block, Order};
pub(crate) use convolution::Convolution;
pub use exponential::{erf, exp};
pub(crate) use layer_norm::LayerNorm;
pub(crate) use linear::Linear;
pub(crate) use pool::{generalised_mean, largest};
pub use rows::each_row;
pub(crate) use rows::{add, add_cyclic};
pub use wide::wide;
