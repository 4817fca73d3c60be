//! Pictures as foreign bytes: decoded within limits, hashed, compared.
//!
//! This crate does no I/O. It is given the bytes of a file and says what is to be seen on them: its size, its
//! perceptual hash, how far it is from another picture.

mod grey;

pub use grey::Grey;
