//! Pictures as foreign bytes: decoded within limits, hashed, compared.
//!
//! This crate does no I/O. It is given the bytes of a file and says what is to be seen on them: its size, its
//! perceptual hash, how far it is from another picture.

mod colours;
mod cut;
mod decode;
mod decoded;
mod facts;
mod fault;
mod features;
mod format;
mod grey;
mod jpeg;
mod limits;
mod pdq;
mod rgb;
mod sought;

pub use colours::{ColourSpace, Colours};
pub use cut::is_cut;
pub use decode::{decode, decode_as_stored, decode_luminance};
pub use decoded::Decoded;
pub use facts::{Hashed, PictureFacts, facts, facts_and_turns};
pub use fault::{PictureFault, PictureFaultKind};
pub use features::{feature_query, features};
pub use format::PictureFormat;
pub use grey::Grey;
pub use limits::PictureLimits;
pub use pdq::{Framed, Spectrum, Turn, View};
pub use rgb::Rgb;
pub use sought::{Sought, Whole};
