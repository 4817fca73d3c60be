//! Fine-tuning: an adapter or the nets themselves are taught pictures with captions.
//!
//! [`Preparation`] takes the pictures one by one, encodes each once and keeps it on the disk; [`Trainer`] makes steps. All
//! that is thrown is thrown anew of the seed and a number that counts up, so that a training that was stopped goes on bit
//! for bit as if it had not been.

mod adam;
mod average;
mod bucket;
mod draw;
mod example;
mod idle;
mod learned;
mod loss;
mod order;
mod plan;
mod preparation;
mod prior;
mod settings;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod trainer;
mod whole;

pub(crate) use adam::AdamW;
pub use example::{Example, Prepared};
#[cfg(test)]
pub(crate) use learned::aimed;
pub use plan::Plan;
pub use preparation::Preparation;
pub use prior::class_pictures;
pub use settings::{Decay, Method, Settings, Targets};
pub use trainer::{Step, Trainer};
