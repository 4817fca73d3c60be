//! Pictures in a tar, found without unpacking it: names and places are read, and nothing between them.
//!
//! A reader of our own, because all that is wanted are places to read at later, from several threads; and because the
//! names that precede a member are bounded here, whatever length a header claims for them.

mod scattered;

use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::{Emit, Unit, is_named_like_a_picture, is_named_like_a_sidecar};
use crate::check::fault::FaultKind;

/// Where the bytes of a member stand in its tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
}

const BLOCK: u64 = 512;

/// Bytes of a name that is too long for its header, or of the records that stand for one.
const NAME_BYTES: u64 = 64 << 10;

/// Members of one sample: a picture and what belongs to it.
const MEMBERS: usize = 64;

/// A sample as WebDataset has it: members that share their name up to the first full stop. They follow each other; of those that do
/// not the sidecars are [looked up](scattered).
#[derive(Default)]
struct Sample {
    key: String,
    pictures: Vec<(String, Extent)>,
    sidecars: Vec<(String, Extent)>,
}

/// Every picture of the tar, with the captions and sources that lie beside it.
pub(crate) fn members(path: &Path, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let tar: Arc<Path> = path.into();
    let scattered = scattered::Scattered::of(path);
    let flush = |tar: &Arc<Path>, sample: Sample, emit: &mut Emit<'_>| flush(tar, sample, &scattered, emit);
    let mut sample = Sample::default();
    let read = fs_err::File::open(path).map_err(|error| error.to_string()).and_then(|file| {
        let mut headers = Headers { file, at: 0 };
        while let Some((name, extent)) = headers.next_file()? {
            let key = key_of(&name);
            if key != sample.key || sample.pictures.len() + sample.sidecars.len() >= MEMBERS {
                if flush(&tar, std::mem::take(&mut sample), emit).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                key.clone_into(&mut sample.key);
            }
            if is_named_like_a_picture(&name) {
                sample.pictures.push((name, extent));
            } else if is_named_like_a_sidecar(&name) {
                sample.sidecars.push((name, extent));
            } else if emit(Unit::Other).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    });
    match read {
        Ok(flow) => flow?,
        Err(message) => {
            flush(&tar, std::mem::take(&mut sample), emit)?;
            return emit(Unit::fault(FaultKind::TarBroken, path.display().to_string(), message));
        }
    }
    flush(&tar, sample, emit)
}

fn flush(tar: &Arc<Path>, sample: Sample, scattered: &scattered::Scattered, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let Sample { key, pictures, mut sidecars } = sample;
    if let Some(all) = scattered.of_key(&key) {
        if all.sidecars.len() > MEMBERS {
            // What is not read may be what refuses them.
            return pictures.into_iter().try_for_each(|(name, _)| {
                let place = format!("{} {name}", tar.display());
                let message = format!("more than {MEMBERS} sidecars belong to it");
                emit(Unit::fault(FaultKind::SidecarUnreadable, place, message))
            });
        }
        if pictures.is_empty() && all.has_picture {
            return ControlFlow::Continue(());
        }
        if !pictures.is_empty() {
            sidecars.clone_from(&all.sidecars);
        }
    }
    if pictures.is_empty() {
        return sidecars.iter().try_for_each(|_| emit(Unit::Other));
    }
    pictures.into_iter().try_for_each(|(name, extent)| {
        emit(Unit::Member { tar: Arc::clone(tar), name, extent, sidecars: sidecars.clone() })
    })
}

fn key_of(name: &str) -> &str {
    let base = name.rfind('/').map_or(0, |slash| slash + 1);
    let stop = name.get(base..).and_then(|base| base.find('.'));
    stop.and_then(|stop| name.get(..base + stop)).unwrap_or(name)
}

/// Reads header after header and leaps over what they describe.
struct Headers {
    file: fs_err::File,
    at: u64,
}

impl Headers {
    /// The next ordinary file; `None` at the end.
    fn next_file(&mut self) -> Result<Option<(String, Extent)>, String> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            let Some(header) = self.block()? else { return Ok(None) };
            if header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if !has_sum(&header) {
                return Err(format!("no header of a tar stands at byte {}", self.at - BLOCK));
            }
            let size = field(&header, 124, 12).and_then(number).ok_or("the size of a member cannot be read")?;
            let kind = header.get(156).copied().unwrap_or_default();
            match kind {
                b'L' => long_name = Some(text(&self.content(size)?)),
                b'x' => {
                    let records = self.content(size)?;
                    long_name = record(&records, "path").or(long_name);
                    long_size = record(&records, "size").and_then(|size| size.parse().ok()).or(long_size);
                }
                _ => {
                    let bytes = long_size.take().unwrap_or(size);
                    let extent = Extent { offset: self.at, bytes };
                    self.leap(bytes)?;
                    let name = long_name.take().unwrap_or_else(|| name_of(&header));
                    // Folders, links, devices and what else there is hold no picture.
                    if matches!(kind, b'0' | 0 | b'7') {
                        return Ok(Some((name, extent)));
                    }
                }
            }
        }
    }

    fn block(&mut self) -> Result<Option<[u8; BLOCK as usize]>, String> {
        let mut block = [0; BLOCK as usize];
        self.file.seek(SeekFrom::Start(self.at)).map_err(|error| error.to_string())?;
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read(rest) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err("the tar ends inside a header".to_owned()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        self.at += BLOCK;
        Ok(Some(block))
    }

    fn content(&mut self, bytes: u64) -> Result<Vec<u8>, String> {
        if bytes > NAME_BYTES {
            return Err(format!("a name or record of {bytes} bytes is longer than {NAME_BYTES}"));
        }
        let mut content = Vec::new();
        (&mut self.file).take(bytes).read_to_end(&mut content).map_err(|error| error.to_string())?;
        self.leap(bytes)?;
        Ok(content)
    }

    fn leap(&mut self, bytes: u64) -> Result<(), String> {
        let end = bytes.checked_next_multiple_of(BLOCK).and_then(|bytes| self.at.checked_add(bytes));
        self.at = end.ok_or("the size of a member leads beyond all files")?;
        Ok(())
    }
}

/// The sum of a header's bytes, its own field read as spaces.
fn has_sum(header: &[u8]) -> bool {
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { u64::from(b' ') } else { u64::from(*byte) })
        .sum();
    field(header, 148, 8).and_then(number) == Some(sum)
}

fn field(header: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    header.get(at..at + length)
}

/// Octal digits, or what GNU writes where they are too few: a set bit, and the number behind it.
fn number(field: &[u8]) -> Option<u64> {
    let first = *field.first()?;
    if first & 0x80 != 0 {
        let high = std::iter::once(first & 0x7f).chain(field.iter().skip(1).copied());
        return high.into_iter().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(byte)));
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn name_of(header: &[u8]) -> String {
    let name = text(field(header, 0, 100).unwrap_or_default());
    let is_ustar = field(header, 257, 6) == Some(b"ustar\0");
    let prefix = if is_ustar { text(field(header, 345, 155).unwrap_or_default()) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// A record of pax: `LENGTH KEY=VALUE\n`, the length being that of the whole.
fn record(mut records: &[u8], key: &str) -> Option<String> {
    loop {
        let space = records.iter().position(|byte| *byte == b' ')?;
        let length: usize = std::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
        let (name, value) = {
            let record = records.get(space + 1..length)?;
            let equals = record.iter().position(|byte| *byte == b'=')?;
            (record.get(..equals)?, record.get(equals + 1..)?)
        };
        if name == key.as_bytes() {
            return Some(text(value.strip_suffix(b"\n").unwrap_or(value)));
        }
        records = records.get(length..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::{key_of, number, record};

    #[test]
    fn names_and_numbers() {
        assert_eq!(key_of("00000/000000012.seg.png"), "00000/000000012");
        assert_eq!((key_of("a.b/c"), key_of(".x"), key_of("")), ("a.b/c", "", ""));
        assert_eq!(number(b"0000017\0"), Some(15));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\0\0\0\x01\0"), Some(256));
        assert_eq!((number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff"), number(b"9"), number(b"")), (None, None, None));
    }

    #[test]
    fn records_of_pax() {
        let records = b"11 size=42\n16 path=a/b.jpg\n";
        assert_eq!(record(records, "size").as_deref(), Some("42"));
        assert_eq!(record(records, "path").as_deref(), Some("a/b.jpg"));
        for broken in [&b"0 path=x\n"[..], b"99 path=x\n", b"path=x", b"2 \n", b""] {
            assert_eq!(record(broken, "path"), None);
        }
    }
}
