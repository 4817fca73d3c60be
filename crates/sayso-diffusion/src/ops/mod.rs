//! What the nets are computed with: operations on the processor that know their own gradients. One file each, and each
//! gradient is compared with finite differences.
//!
//! Matrices are multiplied by `gemm`, as candle's are; what is written here is what stands between the products, fused, and
//! with no more kept for the way back than goes in: columns of a convolution and weights of an attention are computed again
//! there. Convolutions of three by three pixels go by tiles (`winograd`) where there are many places, and gradients by a record
//! of ours (`record`). Where weights lie on another device, `plain` has the same of candle's own. What is added to a product (a bias, what a block was given) is there before it, so that no sum is made of its own.

mod adapted;
mod applied;
mod attention;
mod beside;
mod columns;
mod conv2d;
#[cfg(test)]
mod differences;
mod geglu;
mod ground;
mod group_norm;
mod inside;
mod layer_norm;
mod linear;
mod moments;
pub(crate) mod plain;
mod product;
mod quick_gelu;
mod record;
mod scratch;
mod softmax;
mod storage;
mod sum;
mod tape;
mod turn;
mod update;
mod upsample;
mod winograd;

pub(crate) use adapted::adapted;
pub(crate) use applied::reshaped;
pub(crate) use attention::attention;
pub(crate) use beside::beside;
pub(crate) use columns::Geometry;
pub(crate) use conv2d::{conv2d, conv2d_onto};
pub(crate) use geglu::geglu;
pub(crate) use group_norm::group_norm;
pub(crate) use inside::inside;
pub(crate) use layer_norm::layer_norm;
pub(crate) use linear::{linear, linear_onto};
pub(crate) use moments::sum_of_squares;
pub(crate) use quick_gelu::quick_gelu;
pub(crate) use record::recorded;
pub(crate) use sum::sum;
pub(crate) use tape::{Place, Tape};
pub(crate) use turn::turned;
pub(crate) use update::{update, update_by_two};
pub(crate) use upsample::upsample;
