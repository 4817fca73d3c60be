//! What is found again of a picture when it is cropped, turned, or part of another one.
//!
//! Keypoints lie where the difference of two blurs is extreme in space and in scale ([`pyramid`], [`detect`]), as in
//! Lowe's SIFT. Of too many, those are kept that are strong and far from each other ([`select`]). Each has the direction
//! in which the picture changes most ([`orient`]), and what the picture looks like around it, seen in that direction,
//! becomes 128 bits ([`describe`], [`bits`]). Why it is done so, and what else was tried, stands in docs/decisions.

mod bits;
mod blur;
mod describe;
mod detect;
mod extract;
mod orient;
mod plane;
mod pyramid;
mod select;
mod table;

pub use extract::{feature_query, features};
