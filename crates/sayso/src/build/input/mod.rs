//! Where crawls come from: files, folders, WACZ, addresses, object stores, lists, standard input.

mod file;
mod http;
mod list;
mod object;
mod place;
mod remote;
mod resolve;
mod stdin;
mod wacz;

pub(crate) use http::HttpInput;
#[cfg(feature = "cluster")]
pub(crate) use place::InputPlace;
pub(crate) use resolve::all_inputs;
pub use resolve::{InputFile, resolve_inputs};

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes that are read through it, for the progress bar and the report.
struct Counting<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
