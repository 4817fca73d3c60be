use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex};

use sayso_crawl::CrawlError;
use sayso_crawl::blocks::{Input, is_crawl};

use crate::Error;
use crate::build::resolve_inputs;

/// Where pairs are read from.
pub enum PairInput {
    /// A crawl file, a folder of them, an address, or a list of paths, as a build takes them.
    Place {
        /// The path or address.
        place: String,
        /// What is put before each line of a list.
        prefix: Option<String>,
    },
    /// A crawl file that is in memory.
    Bytes {
        /// What it is called in record locators.
        name: String,
        /// Its bytes, whoever holds them.
        bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    },
    /// A crawl file that somebody else reads, from its start to its end.
    Stream {
        /// What it is called in record locators.
        name: String,
        /// Its bytes.
        stream: Box<dyn Read + Send>,
    },
}

/// Bytes at a file's start on which it is decided whether it is a crawl.
const PROBE_BYTES: usize = 64 << 10;

impl PairInput {
    /// The crawl files that it names, in the order in which they are read.
    pub(super) fn open(self) -> Result<Vec<Box<dyn Input>>, Error> {
        match self {
            Self::Place { place, .. } if place == "-" => Err(refused(
                &place,
                "standard input belongs to the program that reads pairs\nhint: hand over a file, its bytes, or something with `read`",
            )),
            Self::Place { place, prefix } => {
                let files = resolve_inputs(&[place], prefix.as_deref(), false)?;
                Ok(files.into_iter().map(|file| Box::new(file) as Box<dyn Input>).collect())
            }
            Self::Bytes { name, bytes } => {
                let all: &[u8] = (*bytes).as_ref();
                check_start(&name, all.get(..PROBE_BYTES).unwrap_or(all))?;
                Ok(vec![Box::new(BytesInput { name, bytes: Shared(bytes) })])
            }
            Self::Stream { name, mut stream } => {
                let mut start = Vec::new();
                (&mut stream)
                    .take(PROBE_BYTES as u64)
                    .read_to_end(&mut start)
                    .map_err(|source| CrawlError::Read { file: name.clone(), source })?;
                check_start(&name, &start)?;
                let stream: Box<dyn Read + Send> = Box::new(Cursor::new(start).chain(stream));
                Ok(vec![Box::new(StreamInput { name, stream: Mutex::new(Some(stream)) })])
            }
        }
    }
}

fn refused(input: &str, message: &str) -> Error {
    Error::Input { input: input.to_owned(), message: message.to_owned() }
}

/// That this is how a crawl file starts. No name speaks for it, as it does for a file on disk.
fn check_start(name: &str, start: &[u8]) -> Result<(), Error> {
    if start.is_empty() {
        return Err(refused(name, "it is empty\nhint: a crawl file has at least one record"));
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Err(refused(name, "a WACZ is read from its end\nhint: write it to disk and hand over its path"));
    }
    if is_crawl(start) {
        return Ok(());
    }
    let shown: String =
        String::from_utf8_lossy(start.get(..24.min(start.len())).unwrap_or_default()).escape_debug().collect();
    Err(CrawlError::UnknownFormat { file: name.to_owned(), start: format!("`{shown}`") }.into())
}

#[derive(Clone)]
struct Shared(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// A crawl file in memory.
struct BytesInput {
    name: String,
    bytes: Shared,
}

impl Input for BytesInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut cursor = Cursor::new(self.bytes.clone());
        cursor.set_position(offset);
        Ok(Box::new(cursor))
    }
}

/// A crawl file that can be read once.
struct StreamInput {
    name: String,
    stream: Mutex<Option<Box<dyn Read + Send>>>,
}

impl Input for StreamInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let taken = self.stream.lock().ok().and_then(|mut stream| stream.take());
        let mut stream = taken.ok_or_else(|| io::Error::other("it was read already"))?;
        io::copy(&mut (&mut stream).take(offset), &mut io::sink())?;
        Ok(stream)
    }
}
