//! A tar as WebDataset reads it (POSIX.1-1988, "ustar"), written so that it can go on where it broke off.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sayso_core::Sha256;
use sha2::Digest;

use super::member::Members;
use crate::Error;
use crate::fetch::journal::Line;

/// The tar of a part, while it is written.
#[derive(Debug)]
pub(super) struct TarStore {
    file: File,
    path: PathBuf,
    at: u64,
}

pub(super) const BLOCK: usize = 512;

/// Opens the tar of a part, which holds what the first of `lines` say. Returns how many of them it does hold: behind a power
/// cut the journal may know of what never reached the disk.
pub(super) fn open(path: &Path, lines: &[Line]) -> Result<(TarStore, usize), Error> {
    let open = || {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let (mut at, mut whole) = (0, lines.len());
        for (number, line) in lines.iter().enumerate() {
            let Some((end, sha256)) = line.kept.as_ref().and_then(|kept| kept.tar.as_ref()) else { continue };
            let mut bytes = Vec::new();
            (&mut file).take(end.saturating_sub(at)).read_to_end(&mut bytes)?;
            if bytes.len() as u64 != end.saturating_sub(at) || digest(&bytes) != *sha256 {
                whole = number;
                break;
            }
            at = *end;
        }
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        Ok((TarStore { file, path: path.to_owned(), at }, whole))
    };
    open().map_err(Error::file(path))
}

fn digest(bytes: &[u8]) -> String {
    Sha256(sha2::Sha256::digest(bytes).into()).to_string()
}

impl TarStore {
    /// Adds the files of a sample; returns where the tar ends then, and the digest of what was added.
    pub(super) fn add(&mut self, members: &Members) -> Result<(u64, String), Error> {
        let mut bytes = Vec::new();
        for (ending, content) in &members.files {
            bytes.extend_from_slice(&header(&format!("{}.{ending}", members.key), content.len()));
            bytes.extend_from_slice(content);
            bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        }
        self.file.write_all(&bytes).map_err(Error::file(&self.path))?;
        self.at += bytes.len() as u64;
        Ok((self.at, digest(&bytes)))
    }

    /// Ends the tar and makes it last.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        let mut end = || {
            self.file.write_all(&end_of(self.at))?;
            self.file.sync_all()
        };
        end().map_err(Error::file(&self.path))
    }
}

/// What stands at the end of a tar of so many bytes: two empty blocks, and empty ones up to a whole record of twenty.
pub(super) fn end_of(bytes: u64) -> Vec<u8> {
    let record = (BLOCK * 20) as u64;
    let rest = (bytes + 2 * BLOCK as u64).next_multiple_of(record) - bytes;
    vec![0; usize::try_from(rest).unwrap_or(2 * BLOCK)]
}

/// The name and length of the member behind a header as it is written here.
pub(super) fn member_of(header: &[u8; BLOCK]) -> Option<(String, u64)> {
    let text = |at: std::ops::Range<usize>| {
        let field = header.get(at)?.split(|byte| *byte == 0).next()?;
        std::str::from_utf8(field).ok()
    };
    let name = text(0..100).filter(|name| !name.is_empty())?;
    let bytes = u64::from_str_radix(text(124..136)?.trim(), 8).ok()?;
    Some((name.to_owned(), bytes))
}

/// The header of a member: nobody's, of no time, so that equal contents give equal bytes.
fn header(name: &str, bytes: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| {
        for (slot, byte) in header.iter_mut().skip(at).zip(text) {
            *slot = *byte;
        }
    };
    put(0, name.as_bytes().get(..99.min(name.len())).unwrap_or_default());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{bytes:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    for (slot, byte) in header.iter_mut().skip(148).zip(format!("{sum:06o}\0 ").as_bytes()) {
        *slot = *byte;
    }
    header
}
