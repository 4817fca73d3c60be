//! A toy: a model in the shape of Stable Diffusion that is small enough to be taught from nothing on two cores, so that
//! whoever has no weights can see the whole of training and drawing work. It sees a few dozen drawings and knows
//! nothing else of the world.

mod autoencoder;
mod begin;
mod card;
mod drawings;
mod make;
mod memory;
mod merges;
mod place;
mod shape;
#[cfg(test)]
mod tests;

pub use drawings::{Drawing, SIDE, drawings, subject};
pub use make::{Effort, Progress, make};
pub use memory::Memory;
pub use shape::is_toy;
