use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::bail;

/// Names of people that are read at most.
const NAMES: usize = 100_000;

/// Bytes of a line.
const LINE_BYTES: u64 = 400;

/// Names of people, one a line. A file that has more than can be looked for is refused: a name that is not looked for would look as
/// if nobody was called so.
pub(super) fn read_names(file: &Path) -> anyhow::Result<Vec<String>> {
    let mut reader = BufReader::new(fs_err::File::open(file)?);
    let mut names = Vec::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if reader.by_ref().take(LINE_BYTES + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 > LINE_BYTES {
            bail!("`{}`, line {number}: a name is longer than {LINE_BYTES} bytes", file.display());
        }
        let Ok(name) = str::from_utf8(&line) else {
            bail!("`{}`, line {number}: it is not UTF-8", file.display());
        };
        let name = name.trim();
        if !name.is_empty() && names.len() == NAMES {
            bail!("`{}` has more than {NAMES} names\nhint: check the parts of a divided file", file.display());
        }
        names.extend(Some(name.to_owned()).filter(|name| !name.is_empty()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::read_names;

    #[test]
    fn names_are_read_one_a_line_and_none_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("names");
        let read = |text: &[u8]| {
            std::fs::write(&file, text).unwrap();
            read_names(&file).map_err(|error| error.to_string())
        };
        assert_eq!(read(b" Ana Example\r\n\nB\xc3\xa9a").unwrap(), ["Ana Example", "B\u{e9}a"]);
        assert!(read(&[b'x'; 1 << 20]).unwrap_err().contains("line 1: a name is longer than 400"));
        assert!(read(b"Ana\n\xff\n").unwrap_err().contains("line 2"));
        assert!(read("n\n".repeat(100_001).as_bytes()).unwrap_err().contains("more than 100000 names"));
    }
}
