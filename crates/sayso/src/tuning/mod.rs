//! A model is tuned on pictures that said yes: from a [`Selection`](crate::training::Selection) to weights that say what they
//! are made of.
//!
//! A run has a folder of its own: what it goes on from, its losses as a table, and pictures on the way. [`Run::begin`] fills it,
//! [`Run::resume`] goes on with it exactly as if nothing had stopped it, provided that the same pictures still say yes, and
//! [`Run::finish`] writes the weights with their papers.

mod base_licence;
mod class;
mod facts;
mod finish;
mod journal;
mod picture;
mod places;
mod record;
mod request;
mod run;
mod sample;

pub use base_licence::{BaseLicence, base_licence};
pub use finish::Finished;
pub use journal::Loss;
pub use places::Places;
pub use request::{Class, Paper, Samples, Tuning};
pub use run::{Event, Run, Told};
pub use sample::Sampled;
