//! PDQ: 256 bits that change little when a picture is changed a little.
//!
//! Luminance, shrunk to 64 x 64 by a tent filter, its 16 x 16 lowest frequencies but the constant ones, and one bit for
//! each that is above their median. As in "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm"
//! (Meta, 2019) and its reference in C++, of which it gives the bits wherever these do not hang on rounding.

mod framed;
mod shrink;
mod spectrum;
mod tent;
mod turn;
mod view;

pub use framed::Framed;
pub use spectrum::Spectrum;
pub use turn::Turn;
pub use view::View;

use spectrum::{frequencies, median};

/// Pixels on a side of what a picture is shrunk to.
const SIDE: usize = 64;

/// Frequencies in each direction.
const FREQUENCIES: usize = 16;
