//! From a picture to what a net is fed with, as torchvision does it on pictures of PIL.

mod crop;
mod normalise;
mod resize;
#[cfg(test)]
mod tests;

pub(crate) use crop::{centre, shorter_side};
pub(crate) use normalise::Normalise;
pub use resize::{Filter, resize};
