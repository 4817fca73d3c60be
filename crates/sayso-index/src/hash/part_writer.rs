use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::header::{HEADER_BYTES, Header, PADDING_BYTES};
use super::merge::Entry;
use super::part::Part;
use super::stored::{Stored, TABLES};
use crate::error::IndexError;

/// Writes one part: sorted hashes and their rows as they come, and then the tables that lead to them.
///
/// It takes 4 bytes a hash for the rows, and as much again for the postings of one table at a time.
pub(super) struct PartWriter {
    file: BufWriter<fs_err::File>,
    rows: Vec<u32>,
    distinct: usize,
    last: Option<Stored>,
}

impl PartWriter {
    pub(super) fn create(dir: &Path, name: &str) -> Result<Self, IndexError> {
        let mut file = BufWriter::new(fs_err::File::create(dir.join(name))?);
        file.write_all(&[0; HEADER_BYTES])?;
        Ok(Self { file, rows: Vec::new(), distinct: 0, last: None })
    }

    pub(super) fn add(&mut self, (hash, row): Entry) -> Result<(), IndexError> {
        self.file.write_all(&hash.0)?;
        self.rows.push(row);
        self.distinct += usize::from(self.last != Some(hash));
        self.last = Some(hash);
        Ok(())
    }

    pub(super) fn hashes(&self) -> usize {
        self.rows.len()
    }

    /// Completes a part that waits to be merged with others.
    pub(super) fn finish_flat(self) -> Result<(), IndexError> {
        let header = Header::flat(self.hashes(), self.distinct);
        self.with_rows(header).map(drop)
    }

    /// Completes a part that is looked into.
    pub(super) fn finish(self, dir: &Path, name: &str) -> Result<(), IndexError> {
        let header = Header::new(self.hashes(), self.distinct);
        let flat = Header::flat(header.hashes, header.distinct);
        let mut file = self.with_rows(flat)?;
        if header == flat {
            return Ok(());
        }
        // The keys are read where the hashes lie by now, for every table anew: all together they may not fit into memory.
        let part = Part::open(dir, name)?;
        file.seek(SeekFrom::End(0))?;
        for table in 0..TABLES {
            write_table(&mut file, &part, header, table)?;
        }
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&header.to_bytes())?;
        Ok(file.flush()?)
    }

    fn with_rows(mut self, header: Header) -> Result<BufWriter<fs_err::File>, IndexError> {
        for row in &self.rows {
            self.file.write_all(&row.to_le_bytes())?;
        }
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header.to_bytes())?;
        self.file.flush()?;
        Ok(self.file)
    }
}

/// Writes the directory of a table and, but for the first, its postings.
fn write_table(out: &mut impl Write, part: &Part, header: Header, table: usize) -> Result<(), IndexError> {
    let key = |hash: &[u8; 32]| Stored(*hash).key(table, header.key_bits) as usize;
    let mut before = None;
    // Postings lead to the first of equal hashes; the buckets of the first table are runs of all hashes.
    let mut is_wanted = |hash| before.replace(hash) != Some(hash) || table == 0;
    let wanted: Vec<bool> = part.hashes().iter().map(&mut is_wanted).collect();
    let positions = || (0_u32..).zip(part.hashes()).zip(&wanted).filter(|(_, wanted)| **wanted).map(|(one, _)| one);
    let mut offsets = vec![0_u32; (1 << header.key_bits) + 1];
    for (_, hash) in positions() {
        if let Some(count) = offsets.get_mut(key(hash) + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for offset in &mut offsets {
        sum += *offset;
        *offset = sum;
    }
    for offset in &offsets {
        out.write_all(&offset.to_le_bytes())?;
    }
    if table == 0 {
        return Ok(());
    }
    let mut postings = vec![0; header.distinct];
    for (position, hash) in positions() {
        // The offset goes on to where the key's next posting comes.
        if let Some(next) = offsets.get_mut(key(hash))
            && let Some(posting) = postings.get_mut(*next as usize)
        {
            *posting = position;
            *next += 1;
        }
    }
    write_packed(out, &postings, header.posting_bits())
}

/// Writes numbers of so many bits one behind the other, the lowest bit first, and the padding.
fn write_packed(out: &mut impl Write, numbers: &[u32], bits: usize) -> Result<(), IndexError> {
    let (mut word, mut used) = (0_u64, 0);
    for number in numbers {
        word |= u64::from(*number) << used;
        used += bits;
        while used >= 8 {
            out.write_all(&word.to_le_bytes()[..1])?;
            word >>= 8;
            used -= 8;
        }
    }
    if used > 0 {
        out.write_all(&word.to_le_bytes()[..1])?;
    }
    Ok(out.write_all(&[0; PADDING_BYTES])?)
}
