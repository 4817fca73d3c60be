use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sayso_crawl::CrawlError;
use sayso_crawl::blocks::Input;
use serde::{Deserialize, Serialize};

/// A crawl file inside a WACZ ("Web Archive Collection Zipped" 1.1.1: everything below `archive/`).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WaczEntry {
    pub(super) path: PathBuf,
    name: String,
    start: u64,
    bytes: u64,
    deflated: bool,
}

/// Files that a WACZ may have; more is a ZIP bomb of names.
const MAX_ENTRIES: usize = 100_000;

/// The crawl files in the WACZ at `path`, in the order of their names.
pub(super) fn entries(path: &Path, name: &str) -> Result<Vec<WaczEntry>, CrawlError> {
    let failed = |message: String| CrawlError::Wacz { file: name.to_owned(), message };
    let file = fs_err::File::open(path).map_err(|source| CrawlError::Read { file: name.to_owned(), source })?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| failed(error.to_string()))?;
    if archive.len() > MAX_ENTRIES {
        return Err(failed(format!("it has {} files, and {MAX_ENTRIES} are the limit", archive.len())));
    }
    let mut found = Vec::new();
    for number in 0..archive.len() {
        let entry = archive.by_index_raw(number).map_err(|error| failed(error.to_string()))?;
        let inner = entry.name().map_err(|error| failed(error.to_string()))?.into_owned();
        if !inner.starts_with("archive/") || entry.is_dir() {
            continue;
        }
        let deflated = match entry.compression() {
            zip::CompressionMethod::Stored => false,
            zip::CompressionMethod::Deflated => true,
            other => return Err(failed(format!("`{inner}` is compressed with {other}, which is not known"))),
        };
        let start = entry.data_start().ok_or_else(|| failed(format!("`{inner}` has no place in the file")))?;
        let bytes = entry.compressed_size();
        found.push(WaczEntry { path: path.to_owned(), name: format!("{name}!{inner}"), start, bytes, deflated });
    }
    if found.is_empty() {
        return Err(failed("it has no file below `archive/`".to_owned()));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

impl WaczEntry {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Input for WaczEntry {
    fn name(&self) -> &str {
        &self.name
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = fs_err::File::open(&self.path)?;
        if self.deflated {
            file.seek(SeekFrom::Start(self.start))?;
            let mut inflated = Inflating(flate2::read::DeflateDecoder::new(file.take(self.bytes)));
            io::copy(&mut (&mut inflated).take(offset), &mut io::sink())?;
            return Ok(Box::new(inflated));
        }
        let offset = offset.min(self.bytes);
        file.seek(SeekFrom::Start(self.start + offset))?;
        Ok(Box::new(file.take(self.bytes - offset)))
    }
}

/// Says of a deflated file that breaks that its content is wrong, which is damage, and not that it cannot be read.
struct Inflating<R>(flate2::read::DeflateDecoder<R>);

impl<R: Read> Read for Inflating<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                io::Error::new(io::ErrorKind::InvalidData, error)
            }
            _ => error,
        })
    }
}
