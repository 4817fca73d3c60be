//! Neural nets: what pictures and captions look like as vectors, and where the weights come from.
//!
//! [`Embedder`] is the contract: pictures or texts in, vectors of length one out, and an [`Identity`] that an index keeps
//! so that it is never asked with vectors of another net. [`known`] lists the models that people use, [`hub`] finds them
//! where Hugging Face's programs put them, and `open` (with the feature `models`) makes an [`Embedder`] of a checkpoint.
//!
//! Nothing here is ever downloaded, and no checkpoint is ever executed: pickles are read by a machine that builds values
//! and knows no calls.

#[cfg(feature = "models")]
mod checkpoint;
mod choices;
#[cfg(feature = "models")]
mod clip;
#[cfg(feature = "models")]
mod companion;
mod embedder;
mod error;
mod fingerprint;
#[cfg(all(test, feature = "models"))]
mod fixture;
pub mod hub;
mod identity;
pub mod known;
mod locate;
#[cfg(feature = "models")]
mod net;
#[cfg(feature = "models")]
mod open;
#[cfg(not(feature = "models"))]
#[path = "open_left_out.rs"]
mod open;
#[cfg(feature = "models")]
mod pixels;
mod rgb;
#[cfg(feature = "models")]
mod sentence;
#[cfg(feature = "models")]
mod sscd;
#[cfg(feature = "models")]
mod tokens;
mod vectors;

#[cfg(feature = "models")]
pub use checkpoint::{Checkpoint, Weights};
pub use choices::{Choices, ClipActivation, SscdSize};
pub use embedder::{Embedder, Takes};
pub use error::ModelError;
pub use fingerprint::fingerprint;
pub use identity::Identity;
pub use locate::{Located, locate};
#[cfg(feature = "models")]
pub use net::{each_row, erf, exp, wide};
pub use open::open;
#[cfg(feature = "models")]
pub use pixels::{Filter, resize};
pub use rgb::Rgb;
#[cfg(feature = "models")]
pub use tokens::ClipTokens;
pub use vectors::Vectors;
