use std::io::{self, BufRead, BufReader, Cursor, Read};

use sayso_registry::receipt::{MAX_RECEIPT_BYTES, Receipt};

/// The receipts of a file, one on each line, read one after the other; or one that fills the file, however its lines are broken.
pub struct ReceiptLines<R> {
    reader: BufReader<io::Chain<Cursor<Vec<u8>>, R>>,
    /// A whole file that is one receipt.
    whole: Option<Vec<u8>>,
    line: u64,
}

impl<R: Read> ReceiptLines<R> {
    /// Begins to read.
    pub fn new(mut source: R) -> io::Result<Self> {
        let mut head = Vec::new();
        source.by_ref().take(MAX_RECEIPT_BYTES as u64 + 1).read_to_end(&mut head)?;
        let is_one = head.iter().filter(|byte| **byte == b'\n').count() > 1 && Receipt::read(&head).is_ok();
        let (whole, head) = if is_one { (Some(head), Vec::new()) } else { (None, head) };
        Ok(Self { reader: BufReader::new(Cursor::new(head).chain(source)), whole, line: 0 })
    }
}

impl<R: Read> Iterator for ReceiptLines<R> {
    /// The number of the line, from 1, and its bytes: more than a receipt may have where it is too long.
    type Item = io::Result<(u64, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(whole) = self.whole.take() {
            return Some(Ok((1, whole)));
        }
        loop {
            let mut line = Vec::new();
            match self.reader.by_ref().take(MAX_RECEIPT_BYTES as u64 + 2).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            self.line += 1;
            let is_complete = line.pop_if(|last| *last == b'\n').is_some();
            if !is_complete
                && line.len() > MAX_RECEIPT_BYTES
                && let Err(error) = self.reader.skip_until(b'\n')
            {
                return Some(Err(error));
            }
            if !line.trim_ascii().is_empty() {
                return Some(Ok((self.line, line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::ReceiptLines;
    use sayso_registry::receipt::MAX_RECEIPT_BYTES;

    #[test]
    fn lines_come_one_after_the_other_and_none_is_read_without_end() {
        let long = "x".repeat(100_000);
        let full = "y".repeat(MAX_RECEIPT_BYTES);
        let text = format!("a\n\n{long}\n{full}\r\nlast");
        let found: Vec<_> = ReceiptLines::new(text.as_bytes()).unwrap().map(Result::unwrap).collect();
        let told: Vec<_> = found.iter().map(|(line, bytes)| (*line, bytes.len() > MAX_RECEIPT_BYTES)).collect();
        assert_eq!(told, [(1, false), (3, true), (4, true), (5, false)]);
        assert_eq!(found[3].1, b"last");
        assert!(found.iter().all(|(_, bytes)| bytes.len() <= MAX_RECEIPT_BYTES + 2));
        assert_eq!(ReceiptLines::new(&b""[..]).unwrap().count(), 0);
    }
}
