//! Which claims hold for an address or a picture, answered from memory.

mod held;
mod index;
mod keys;
mod pdq;

pub use held::{Held, Holding, How};
pub use index::{ClaimIndex, Sought};
