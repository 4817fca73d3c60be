use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};

use serde::Serialize;

/// What comes from one domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DomainCount {
    /// The registrable domain of the pictures' addresses.
    pub domain: String,
    /// Samples.
    pub samples: u64,
    /// Bytes of the pictures whose size is known.
    pub bytes: u64,
    /// Samples whose picture's size is known.
    pub samples_with_bytes: u64,
}

impl DomainCount {
    /// Adds what was counted of the same domain elsewhere.
    fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.samples_with_bytes += other.samples_with_bytes;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// Counts the domains of one dataset while its rows go by, which are sorted by domain: into a file, because there may be
/// millions.
pub(super) struct DomainLog {
    file: BufWriter<File>,
    current: Option<DomainCount>,
}

/// What a log came to.
pub(super) struct DomainFile(File);

impl DomainLog {
    pub(super) fn create() -> io::Result<Self> {
        Ok(Self::over(tempfile::tempfile()?))
    }

    /// Counts into this file, which is empty.
    pub(super) fn over(file: File) -> Self {
        Self { file: BufWriter::with_capacity(1 << 16, file), current: None }
    }

    /// Counts what was counted of a domain elsewhere. Whether it is not sorted is what comes back.
    #[cfg(feature = "cluster")]
    pub(super) fn append(&mut self, count: DomainCount) -> io::Result<bool> {
        match &mut self.current {
            Some(current) if current.domain == count.domain => current.add(&count),
            Some(current) if count.domain < current.domain => return Ok(false),
            _ => {
                self.write()?;
                self.current = Some(count);
            }
        }
        Ok(true)
    }

    /// Counts a sample. Whether the rows are not sorted by domain is what comes back.
    pub(super) fn add(&mut self, domain: &str, bytes: Option<u64>) -> io::Result<bool> {
        match &self.current {
            Some(current) if current.domain == domain => {}
            Some(current) if domain < current.domain.as_str() => return Ok(false),
            _ => {
                self.write()?;
                let domain = domain.to_owned();
                self.current = Some(DomainCount { domain, samples: 0, bytes: 0, samples_with_bytes: 0 });
            }
        }
        if let Some(current) = &mut self.current {
            current.samples += 1;
            current.samples_with_bytes += u64::from(bytes.is_some());
            current.bytes = current.bytes.saturating_add(bytes.unwrap_or_default());
        }
        Ok(true)
    }

    fn write(&mut self) -> io::Result<()> {
        let Some(DomainCount { domain, samples, bytes, samples_with_bytes }) = self.current.take() else {
            return Ok(());
        };
        let length = u32::try_from(domain.len()).map_err(|_| ErrorKind::InvalidData)?;
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(domain.as_bytes())?;
        [samples, bytes, samples_with_bytes].iter().try_for_each(|number| self.file.write_all(&number.to_le_bytes()))
    }

    pub(super) fn finish(mut self) -> io::Result<DomainFile> {
        self.write()?;
        Ok(DomainFile(self.file.into_inner().map_err(io::IntoInnerError::into_error)?))
    }
}

/// All domains of several datasets, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DomainTotals {
    pub(super) domains: u64,
    pub(super) domains_with_bytes: u64,
    pub(super) samples: u64,
    pub(super) samples_with_bytes: u64,
    pub(super) bytes: u64,
}

/// A domain by its key, then its name, with its numbers; the least relevant is the greatest.
type Kept<K> = Reverse<(K, Reverse<String>, [u64; 3])>;

/// The most relevant of them, by what `key` says, at most `limit`.
struct Top<K: Ord> {
    limit: usize,
    /// The least relevant is on top, to be thrown out.
    best: BinaryHeap<Kept<K>>,
}

impl<K: Ord + Copy> Top<K> {
    fn add(&mut self, key: K, count: &DomainCount) {
        let is_kept = self.best.len() < self.limit
            || self.best.peek().is_some_and(|Reverse((worst, Reverse(name), _))| {
                key > *worst || key == *worst && count.domain < *name
            });
        if is_kept && self.limit > 0 {
            let numbers = [count.samples, count.bytes, count.samples_with_bytes];
            self.best.push(Reverse((key, Reverse(count.domain.clone()), numbers)));
            if self.best.len() > self.limit {
                self.best.pop();
            }
        }
    }

    fn finish(self) -> Vec<DomainCount> {
        let counted = |Reverse((_, Reverse(domain), [samples, bytes, samples_with_bytes])): Kept<K>| DomainCount {
            domain,
            samples,
            bytes,
            samples_with_bytes,
        };
        self.best.into_sorted_vec().into_iter().map(counted).collect()
    }
}

/// Adds the domains of several datasets up, and lists the most relevant: by bytes and by samples, as many as `to_name` says
/// of how many there are.
pub(super) fn relevant(
    files: &mut [DomainFile],
    to_name: impl FnOnce(u64) -> u64,
) -> io::Result<(DomainTotals, Vec<DomainCount>, Vec<DomainCount>)> {
    let mut totals = DomainTotals::default();
    merged(files, &mut |count| {
        totals.domains += 1;
        totals.domains_with_bytes += u64::from(count.samples_with_bytes > 0);
        totals.samples += count.samples;
        totals.samples_with_bytes += count.samples_with_bytes;
        totals.bytes = totals.bytes.saturating_add(count.bytes);
    })?;
    // How many are relevant is known only when all are counted; so they are read twice, and never all in memory.
    let limit = usize::try_from(to_name(totals.domains)).unwrap_or(usize::MAX);
    let mut by_bytes = Top { limit, best: BinaryHeap::new() };
    let mut by_samples = Top { limit, best: BinaryHeap::new() };
    merged(files, &mut |count| {
        if count.samples_with_bytes > 0 {
            by_bytes.add(count.bytes, &count);
        }
        by_samples.add(count.samples, &count);
    })?;
    Ok((totals, by_bytes.finish(), by_samples.finish()))
}

/// Hands out the domains of several files in their order, each once.
fn merged(files: &mut [DomainFile], take: &mut dyn FnMut(DomainCount)) -> io::Result<()> {
    let mut readers = Vec::with_capacity(files.len());
    let mut heads = BinaryHeap::new();
    for (place, DomainFile(file)) in files.iter_mut().enumerate() {
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        heads.extend(read(&mut reader)?.map(|count| Reverse((count, place))));
        readers.push(reader);
    }
    let mut sum: Option<DomainCount> = None;
    while let Some(Reverse((count, place))) = heads.pop() {
        if let Some(reader) = readers.get_mut(place) {
            heads.extend(read(reader)?.map(|count| Reverse((count, place))));
        }
        match &mut sum {
            Some(sum) if sum.domain == count.domain => sum.add(&count),
            _ => sum.replace(count).into_iter().for_each(&mut *take),
        }
    }
    sum.into_iter().for_each(take);
    Ok(())
}

/// The next domain of a file.
pub(super) fn read(reader: &mut impl Read) -> io::Result<Option<DomainCount>> {
    let mut length = [0; 4];
    match reader.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut domain = vec![0; u32::from_le_bytes(length) as usize];
    reader.read_exact(&mut domain)?;
    let domain = String::from_utf8(domain).map_err(|_| ErrorKind::InvalidData)?;
    let mut number = || {
        let mut eight = [0; 8];
        reader.read_exact(&mut eight).map(|()| u64::from_le_bytes(eight))
    };
    Ok(Some(DomainCount { domain, samples: number()?, bytes: number()?, samples_with_bytes: number()? }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{DomainFile, DomainLog, relevant};

    fn file(rows: &[(&str, Option<u64>)]) -> DomainFile {
        let mut log = DomainLog::create().unwrap();
        for (domain, bytes) in rows {
            assert!(log.add(domain, *bytes).unwrap());
        }
        log.finish().unwrap()
    }

    #[test]
    fn domains_of_several_datasets_are_added_up() {
        let one = file(&[("a", None), ("b", Some(5)), ("b", Some(7)), ("d", Some(100))]);
        let other = file(&[("a", Some(1)), ("b", None), ("c", None), ("c", None), ("c", None)]);
        let (totals, by_bytes, by_samples) = relevant(&mut [one, other], |total| total / 2).unwrap();
        let known =
            (totals.domains, totals.domains_with_bytes, totals.samples, totals.samples_with_bytes, totals.bytes);
        assert_eq!(known, (4, 3, 9, 4, 113));
        let names = |list: &[super::DomainCount]| {
            list.iter().map(|it| (it.domain.clone(), it.samples, it.bytes)).collect::<Vec<_>>()
        };
        assert_eq!(names(&by_bytes), [("d".to_owned(), 1, 100), ("b".to_owned(), 3, 12)]);
        // Of equals the first by name.
        assert_eq!(names(&by_samples), [("b".to_owned(), 3, 12), ("c".to_owned(), 3, 0)]);
        assert_eq!(relevant(&mut [], |total| total).unwrap().0.domains, 0);
    }

    #[test]
    fn rows_that_are_not_sorted_are_noticed() {
        let mut log = DomainLog::create().unwrap();
        assert!(log.add("b", None).unwrap());
        assert!(!log.add("a", None).unwrap());
    }
}
