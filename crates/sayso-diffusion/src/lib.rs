//! Stable Diffusion: its nets, differentiable, its schedulers, and pictures of prompts.
//!
//! A model is a folder as diffusers writes it or a single file, in the shape of Stable Diffusion 1, 2 or XL. What comes out is what diffusers gives
//! for the same seed, prompt and settings, within the errors that the tests name. All of it is computed on the processor.

mod adapter;
mod config;
mod error;
#[cfg(test)]
mod fixture;
mod load;
mod model;
mod net;
mod noise;
mod ops;
mod picture;
mod scheduler;
mod text;
pub mod toy;
pub mod train;
mod unet;
mod vae;

pub use adapter::{Adapter, Form, Part};
pub use error::DiffusionError;
pub use load::{Loading, Processor, configuration_digests, find_base};
pub use model::{Digests, Framing, Glances, Init, Made, Mask, Model, Request, Tiling};
pub use picture::{Picture, write_png};
pub use sayso_model::hub::Hub;
pub use scheduler::SchedulerKind;
