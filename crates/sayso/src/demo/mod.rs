//! The demo's material: a small web of made-up sites whose made-up artists each wish something else.
//!
//! [`write_web`] writes it as a WARC, as if somebody had crawled it. The pages lie under `web/`, in the bytes in which
//! their servers send them but for the charset; the table in `sites` says which page and picture stands where, and
//! what is expected of each site. The pictures are drawn when the file is written.

mod draw;
mod page;
mod sites;
#[cfg(test)]
mod tests;
mod warc;
mod web;

pub use web::{DemoSite, DemoWeb, write_web};
