//! Sayso's pipelines, and the facade that the command, the server and other programs use.
//!
//! Here the sibling crates meet: [`build`] makes a dataset of a crawl, [`library`] answers questions to datasets,
//! [`import`] makes one of somebody's tables, [`captions`] says what captions say, [`card`] what a whole dataset is,
//! [`signals`] says what files and sites say of their use, [`claims`] are those of a registry, [`receipts`] prove removals, [`online`] asks the sites,
//! [`dns`] asks for text records,
//! [`pictures`] looks at somebody's own pictures, [`matching`] finds copies of them, [`portfolio`] tells what was claimed and removed of them, [`sql`] answers questions in SQL,
//! [`training`] asks for consent before pictures are trained on, [`studio`] keeps nothing of what it trains on, [`outputs`] signs what is made, [`trace`] walks it back,
//! [`pairs`] are for engines that bring their own machines, `transfer` copies datasets to and from object stores (feature `s3`), [`models`] finds and opens neural nets, and [`demo`] is a small web to try it all on.

pub mod build;
pub mod captions;
pub mod card;
pub mod check;
pub mod claims;
pub mod croissant;
pub mod demo;
pub mod dns;
mod error;
pub mod export;
pub mod fetch;
pub mod import;
pub mod library;
pub mod lineage;
pub mod matching;
pub mod models;
pub mod online;
pub mod outputs;
pub mod pairs;
pub mod pictures;
#[cfg(feature = "s3")]
mod place;
pub mod policy;
pub mod portfolio;
pub mod purge;
pub mod receipts;
pub mod rejudge;
pub mod reserve;
pub mod signals;
pub mod sql;
pub mod studio;
pub mod summary;
pub mod takedown;
pub mod trace;
pub mod training;
#[cfg(feature = "s3")]
pub mod transfer;
#[cfg(feature = "diffusion")]
pub mod tuning;
pub mod vectors;

pub use error::Error;
pub use sayso_storage::is_address;
