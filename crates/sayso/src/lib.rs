//! Sayso's pipelines, and the facade that the command, the server and other programs use.
//!
//! Here the sibling crates meet: [`build`] makes a dataset of a crawl, [`library`] answers questions to datasets, and
//! [`demo`] is a small web to try both on.

pub mod build;
pub mod demo;
mod error;
pub mod library;

pub use error::Error;
