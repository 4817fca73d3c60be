//! A toy: a model in the shape of Stable Diffusion that is small enough to be taught from nothing on two cores, so that
//! whoever has no weights can see the whole of training and drawing work. It learns a few dozen drawings by heart and knows
//! nothing else of the world.

mod autoencoder;
mod begin;
mod card;
mod drawings;
mod make;
mod memory;
mod merges;
mod shape;
#[cfg(test)]
mod tests;

pub use drawings::{Drawing, SIDE, drawings, subject};
pub use make::{Effort, Progress, make};
pub use memory::Memory;
