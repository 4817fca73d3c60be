use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::{GZIP_MAGIC, ZSTD_DICTIONARY_MAGIC, ZSTD_MAGIC};

/// Bytes of a dictionary that a `.warc.zst` may bring along.
const DICTIONARY_BYTES: u32 = 16 << 20;

/// A stream that is inflated while it is read, however it was compressed.
pub enum Inflated<R: BufRead> {
    /// As it is.
    Plain(R),
    /// Any number of gzip members, read as one stream.
    Gzip(Box<flate2::bufread::MultiGzDecoder<R>>),
    /// Any number of zstd frames, read as one stream.
    Zstd(Box<zstd::stream::read::Decoder<'static, R>>),
}

impl<R: BufRead> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Gzip(reader) => reader.read(buffer),
            Self::Zstd(reader) => reader.read(buffer),
        }
    }
}

/// Opens `reader` as what its first bytes, of which at least four must be buffered, say it is.
pub fn open_stream<R: BufRead>(mut reader: R) -> io::Result<Inflated<R>> {
    let start = reader.fill_buf()?;
    if start.starts_with(&GZIP_MAGIC) {
        return Ok(Inflated::Gzip(Box::new(flate2::bufread::MultiGzDecoder::new(reader))));
    }
    if start.starts_with(&ZSTD_MAGIC) {
        return zstd::stream::read::Decoder::with_buffer(reader).map(|decoder| Inflated::Zstd(Box::new(decoder)));
    }
    if start.starts_with(&ZSTD_DICTIONARY_MAGIC) {
        let dictionary = read_dictionary(&mut reader)?;
        let decoder = zstd::stream::read::Decoder::with_dictionary(reader, &dictionary)?;
        return Ok(Inflated::Zstd(Box::new(decoder)));
    }
    Ok(Inflated::Plain(reader))
}

/// The dictionary that stands in a skippable frame before all others ("Zstandard compression of WARC records", IIPC).
fn read_dictionary(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = [0; 8];
    reader.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    if length > DICTIONARY_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a zstd dictionary of {length} bytes")));
    }
    let mut dictionary = vec![0; length as usize];
    reader.read_exact(&mut dictionary)?;
    if dictionary.starts_with(&ZSTD_MAGIC) {
        return zstd::stream::decode_all(&dictionary[..]);
    }
    Ok(dictionary)
}

/// What became of a member that was only walked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkippedMember {
    /// It ends after this many bytes of the input.
    Ends {
        /// Compressed length of the member, trailer included.
        consumed: usize,
    },
    /// The input ends before the member does.
    Incomplete,
    /// It cannot be inflated.
    Bad,
}

/// Walks over a gzip member that comes in pieces, without keeping what it inflates to.
pub struct MemberWalk {
    decompress: Decompress,
    scratch: Vec<u8>,
}

impl Default for MemberWalk {
    fn default() -> Self {
        Self { decompress: Decompress::new_gzip(15), scratch: vec![0; 64 << 10] }
    }
}

impl MemberWalk {
    /// Walks over the next piece. [`SkippedMember::Ends`] counts in the piece.
    #[must_use]
    pub fn feed(&mut self, piece: &[u8]) -> SkippedMember {
        let first = self.decompress.total_in();
        loop {
            let before = (self.decompress.total_in(), self.decompress.total_out());
            let used = usize::try_from(before.0 - first).unwrap_or(usize::MAX);
            let rest = piece.get(used..).unwrap_or_default();
            match self.decompress.decompress(rest, &mut self.scratch, FlushDecompress::None) {
                Ok(Status::StreamEnd) => {
                    let consumed = usize::try_from(self.decompress.total_in() - first).unwrap_or(usize::MAX);
                    return SkippedMember::Ends { consumed };
                }
                Ok(Status::Ok | Status::BufError)
                    if (self.decompress.total_in(), self.decompress.total_out()) == before =>
                {
                    return SkippedMember::Incomplete;
                }
                Ok(Status::Ok | Status::BufError) => {}
                Err(_) => return SkippedMember::Bad,
            }
        }
    }
}

impl std::fmt::Debug for MemberWalk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberWalk").field("walked_bytes", &self.decompress.total_in()).finish_non_exhaustive()
    }
}
