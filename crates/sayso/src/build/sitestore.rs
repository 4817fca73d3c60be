use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Error;

/// A key with a value, as facts about sites travel.
pub(crate) type Row = (String, String);

/// Bytes between two keys that are remembered: one read of this size answers a question.
const STRIDE_BYTES: u64 = 32 << 10;

/// Blocks that are kept in memory.
const CACHED_BLOCKS: usize = 256;

/// Values of one key that are read; a site that changes its robots.txt more often within one crawl is playing.
const MAX_VALUES: usize = 256;

/// Writes rows in the order of their keys, whole or not at all.
pub(crate) fn write_rows(path: &Path, rows: impl Iterator<Item = Result<Row, Error>>) -> Result<u64, Error> {
    let temporary = path.with_extension("tmp");
    let file = File::create(&temporary).map_err(Error::file(&temporary))?;
    let mut file = BufWriter::new(file);
    let mut count = 0;
    for row in rows {
        let (key, value) = row?;
        write_row(&mut file, &key, &value).map_err(Error::file(&temporary))?;
        count += 1;
    }
    let file = file.into_inner().map_err(|error| Error::file(&temporary)(error.into_error()))?;
    file.sync_all().map_err(Error::file(&temporary))?;
    fs_err::rename(&temporary, path).map_err(Error::file(path))?;
    Ok(count)
}

fn write_row(out: &mut impl Write, key: &str, value: &str) -> io::Result<()> {
    let length = |text: &str| u32::try_from(text.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData));
    out.write_all(&length(key)?.to_le_bytes())?;
    out.write_all(&length(value)?.to_le_bytes())?;
    out.write_all(key.as_bytes())?;
    out.write_all(value.as_bytes())
}

/// Reads the rows of a file one by one.
pub(super) struct RowReader {
    file: BufReader<File>,
    path: PathBuf,
}

impl RowReader {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::file(path))?;
        Ok(Self { file: BufReader::new(file), path: path.to_owned() })
    }

    fn row(&mut self) -> io::Result<Option<Row>> {
        let mut lengths = [0; 8];
        match self.file.read_exact(&mut lengths) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            result => result?,
        }
        let (key, value) = lengths_of(lengths);
        let mut text = |length: usize| {
            let mut bytes = vec![0; length];
            self.file.read_exact(&mut bytes)?;
            String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
        };
        Ok(Some((text(key)?, text(value)?)))
    }
}

impl Iterator for RowReader {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let path = self.path.clone();
        self.row().map_err(Error::file(path)).transpose()
    }
}

fn lengths_of(bytes: [u8; 8]) -> (usize, usize) {
    let [a, b, c, d, e, f, g, h] = bytes;
    (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize)
}

/// Merges files of rows into one, each distinct row once.
pub(crate) fn merge_rows(runs: &[PathBuf], out: &Path) -> Result<u64, Error> {
    let mut readers = runs.iter().map(|run| RowReader::open(run)).collect::<Result<Vec<_>, _>>()?;
    let mut heap = BinaryHeap::new();
    for (number, reader) in readers.iter_mut().enumerate() {
        if let Some(row) = reader.next().transpose()? {
            heap.push(Reverse((row, number)));
        }
    }
    let mut last: Option<Row> = None;
    let merged = std::iter::from_fn(move || {
        loop {
            let Reverse((row, number)) = heap.pop()?;
            match readers.get_mut(number).and_then(Iterator::next).transpose() {
                Ok(Some(next)) => heap.push(Reverse((next, number))),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
            if last.as_ref() != Some(&row) {
                last = Some(row.clone());
                return Some(Ok(row));
            }
        }
    });
    write_rows(out, merged)
}

/// What a crawl says of sites, pictures and revisits, looked up by key. Lies on disk; a sparse index is in memory.
pub(super) struct SiteStore {
    file: Option<File>,
    path: PathBuf,
    /// The first key of each block, and where the block starts.
    blocks: Vec<(String, u64)>,
    bytes: u64,
    cache: HashMap<usize, Arc<Vec<Row>>>,
    /// Which first words of keys there are at all: most crawls lack one kind of fact or another.
    kinds: Vec<String>,
}

impl SiteStore {
    /// Opens a file that [`merge_rows`] wrote, `None` for a store of nothing.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self {
                file: None,
                path: PathBuf::new(),
                blocks: Vec::new(),
                bytes: 0,
                cache: HashMap::new(),
                kinds: Vec::new(),
            });
        };
        let (mut blocks, mut kinds): (Vec<(String, u64)>, Vec<String>) = (Vec::new(), Vec::new());
        let mut at = 0_u64;
        let mut last_key = String::new();
        for row in RowReader::open(path)? {
            let (key, value) = row?;
            // A block starts at the first row of a key, so that one block holds all rows of a key.
            if key != last_key && blocks.last().is_none_or(|(_, start)| at - start >= STRIDE_BYTES) {
                blocks.push((key.clone(), at));
            }
            let kind = key.split(' ').next().unwrap_or("");
            if kinds.last().is_none_or(|last| last != kind) {
                kinds.push(kind.to_owned());
            }
            at += 8 + key.len() as u64 + value.len() as u64;
            last_key = key;
        }
        let file = File::open(path).map_err(Error::file(path))?;
        Ok(Self { file: Some(file), path: path.to_owned(), blocks, bytes: at, cache: HashMap::new(), kinds })
    }

    /// Whether there are keys that start with this word.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| known == kind)
    }

    /// The values of `key`, in their order.
    pub(super) fn values(&mut self, key: &str) -> Result<Vec<String>, Error> {
        let after = self.blocks.partition_point(|(first, _)| first.as_str() <= key);
        let Some(number) = after.checked_sub(1) else { return Ok(Vec::new()) };
        let rows = self.block(number)?;
        let start = rows.partition_point(|(known, _)| known.as_str() < key);
        let of_key = rows.iter().skip(start).take_while(|(known, _)| known == key).take(MAX_VALUES);
        Ok(of_key.map(|(_, value)| value.clone()).collect())
    }

    fn block(&mut self, number: usize) -> Result<Arc<Vec<Row>>, Error> {
        if let Some(rows) = self.cache.get(&number) {
            return Ok(Arc::clone(rows));
        }
        let start = self.blocks.get(number).map_or(0, |(_, start)| *start);
        let end = self.blocks.get(number + 1).map_or(self.bytes, |(_, start)| *start);
        let mut bytes = vec![0; usize::try_from(end - start).unwrap_or(usize::MAX)];
        if let Some(file) = &self.file {
            file.read_exact_at(&mut bytes, start).map_err(Error::file(&self.path))?;
        }
        let rows =
            Arc::new(rows_of(&bytes).ok_or_else(|| {
                Error::file(&self.path)(io::Error::new(io::ErrorKind::InvalidData, "a row is cut off"))
            })?);
        if self.cache.len() >= CACHED_BLOCKS {
            self.cache.clear();
        }
        self.cache.insert(number, Arc::clone(&rows));
        Ok(rows)
    }
}

fn rows_of(mut bytes: &[u8]) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    while !bytes.is_empty() {
        let (key, value) = lengths_of(*bytes.first_chunk::<8>()?);
        let text = |range: std::ops::Range<usize>| String::from_utf8(bytes.get(range)?.to_vec()).ok();
        rows.push((text(8..8 + key)?, text(8 + key..8 + key + value)?));
        bytes = bytes.get(8 + key + value..)?;
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{SiteStore, merge_rows, write_rows};

    #[test]
    fn every_key_is_found_with_all_its_values() {
        let dir = tempfile::tempdir().unwrap();
        let value = |number: usize| format!("{number} {}", "v".repeat(number % 700));
        let mut runs = Vec::new();
        for run in 0..3 {
            let mut rows: Vec<_> =
                (0..900).filter(|n| n % 3 == run).map(|n| (format!("robots {:04}", n / 2), value(n))).collect();
            // A row that is in all runs comes out once.
            rows.push(("picture x".to_owned(), "same".to_owned()));
            rows.sort();
            let path = dir.path().join(format!("run{run}"));
            write_rows(&path, rows.into_iter().map(Ok)).unwrap();
            runs.push(path);
        }
        let out = dir.path().join("store");
        assert_eq!(merge_rows(&runs, &out).unwrap(), 901);
        let mut store = SiteStore::open(Some(&out)).unwrap();
        for number in 0..450 {
            let mut values = store.values(&format!("robots {number:04}")).unwrap();
            values.sort();
            let mut expected = vec![value(2 * number), value(2 * number + 1)];
            expected.sort();
            assert_eq!(values, expected);
        }
        assert_eq!(store.values("picture x").unwrap(), ["same"]);
        assert_eq!(store.values("robots 9999").unwrap(), Vec::<String>::new());
        assert_eq!(store.values("a").unwrap(), Vec::<String>::new());
        assert!(store.has("picture") && store.has("robots") && !store.has("revisit"));
    }
}
