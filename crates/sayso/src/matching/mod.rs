//! Copies of one's own pictures: found in datasets by what the pictures look like.
//!
//! Nothing is uploaded and nothing is kept. An [`OwnPicture`] is a handful of hashes and features; [`Library::copies`] says which samples
//! have a picture with a hash near one of them, and how near, or a picture of which a part agrees; [`find_copies`] does so for a whole portfolio. What is
//! near is called copy, near copy or merely near, with the number of bits beside it: likeness is no proof of who took
//! what from whom.
//!
//! [`Library::copies`]: crate::library::Library::copies

mod class;
mod fault;
mod hashes;
mod input;
mod own;
mod parts;
mod portfolio;
mod search;
mod seen;

pub use class::{Agreement, COPY, MatchClass, MatchHow, NEAR_COPY};
pub use fault::{MatchFault, MatchFaultKind, MatchFaults};
pub use input::{MatchInput, count_inputs};
pub use own::{OwnHash, OwnPicture};
pub use portfolio::{MatchProgress, Matched, find_copies};
pub use sayso_index::Region;
pub use sayso_picture::{PictureLimits, Turn};
pub use search::{Copies, MAX_DISTANCE, MatchOptions, PictureCopy, Thumbnails};
pub use seen::fetch_small;
