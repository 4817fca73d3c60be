use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sayso_crawl::inflate::{GZIP_MAGIC, ZSTD_MAGIC};

/// Counts the bytes that are read through it, for the progress bar.
pub(in crate::import) struct Counted<R> {
    pub(in crate::import) reader: R,
    pub(in crate::import) count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The stream, inflated if it is gzip or zstd by its first bytes, from `skip` on.
pub(in crate::import) fn inflated(mut stream: Box<dyn Read + Send>, skip: u64) -> io::Result<Box<dyn Read + Send>> {
    let mut start = [0; 4];
    let mut filled = 0;
    while filled < start.len() {
        match stream.read(start.get_mut(filled..).unwrap_or_default())? {
            0 => break,
            read => filled += read,
        }
    }
    let head = io::Cursor::new(start.get(..filled).unwrap_or_default().to_vec());
    let whole = BufReader::with_capacity(1 << 18, head.chain(stream));
    let mut stream: Box<dyn Read + Send> = if start.starts_with(&GZIP_MAGIC) {
        Box::new(flate2::bufread::MultiGzDecoder::new(whole))
    } else if start == ZSTD_MAGIC {
        Box::new(zstd::stream::read::Decoder::with_buffer(whole)?)
    } else {
        Box::new(whole)
    };
    let skipped = io::copy(&mut stream.by_ref().take(skip), &mut io::sink())?;
    if skipped < skip {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is shorter than when it was first read"));
    }
    Ok(stream)
}
