use memchr::memmem;

use super::{Record, arc, digest, warc};

/// What the cutter found at the start of the bytes it was given.
#[derive(Debug)]
pub enum Cut<'a> {
    /// A record.
    Record {
        /// The record itself.
        record: Record<'a>,
        /// What is wrong with it, if anything.
        flaw: Option<Flaw>,
        /// Bytes before it that belong to no record.
        garbage: usize,
        /// Bytes up to its end, what separates it from the next one included.
        end: usize,
        /// Where it starts.
        start: usize,
    },
    /// More bytes are needed: at least this many in all, as far as is known.
    More {
        /// Bytes that lead to the record's end, `None` while its header is not complete.
        needed: Option<u64>,
        /// Where the record starts.
        start: usize,
    },
    /// No record starts here any more, and this many bytes belong to none.
    End {
        /// Bytes that belong to no record.
        garbage: usize,
    },
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The header cannot be read, or has no length.
    Header,
    /// The input ends before the record does.
    Truncated,
    /// The length does not lead to the record's end.
    Length,
}

/// Finds records in bytes. It keeps nothing between calls: what it says depends on its arguments alone.
#[derive(Debug, Clone, Copy)]
pub struct Cutter {
    /// Bytes that a header may have.
    pub header_limit_bytes: usize,
}

/// Bytes behind a record that tell whether its length was right: line ends and the start of what comes next.
const LOOK_AHEAD: usize = SEPARATOR_BYTES + 16;

/// Line ends behind a record that are taken for what separates it from the next one.
const SEPARATOR_BYTES: usize = 16;

/// How a record starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Warc,
    Arc,
}

/// What a record's head says.
enum Head<'a> {
    Warc(warc::WarcHeader<'a>),
    Arc(arc::ArcLine<'a>),
}

impl Head<'_> {
    fn length(&self) -> Option<u64> {
        match self {
            Self::Warc(header) => header.length,
            Self::Arc(line) => Some(line.length),
        }
    }

    /// Whether the record is known to have this block, whatever comes behind it.
    fn vouches_for(&self, block: &[u8]) -> bool {
        matches!(self, Self::Warc(header) if digest::is_digest_of(header.block_digest, block))
    }
}

impl Cutter {
    /// Finds the first record of `bytes`. With `whole`, no bytes come after these.
    #[must_use]
    pub fn cut<'a>(&self, bytes: &'a [u8], whole: bool) -> Cut<'a> {
        let Some((start, form)) = find_start(bytes) else {
            return if whole { Cut::End { garbage: garbage_in(bytes) } } else { Cut::More { needed: None, start: 0 } };
        };
        let garbage = garbage_in(bytes.get(..start).unwrap_or_default());
        let rest = bytes.get(start..).unwrap_or_default();
        let at_hand = rest.get(..self.header_limit_bytes.min(rest.len())).unwrap_or_default();
        let head = match form {
            Form::Warc => warc::read_header(at_hand).map(|(header, length)| (Head::Warc(header), length)),
            Form::Arc => arc::read_line(at_hand).map(|line| {
                let length = line.line_bytes;
                (Head::Arc(line), length)
            }),
        };
        let Some((head_fields, head)) = head else {
            if !whole && rest.len() < self.header_limit_bytes {
                return Cut::More { needed: None, start };
            }
            return flawed(bytes, whole, (start, form), garbage);
        };
        let body = rest.get(head..).unwrap_or_default();
        let Some(length) = head_fields.length() else { return flawed(bytes, whole, (start, form), garbage) };
        let block_length = usize::try_from(length).unwrap_or(usize::MAX);
        let needed =
            (start as u64).saturating_add(head as u64).saturating_add(length).saturating_add(LOOK_AHEAD as u64);
        if body.len() < block_length.saturating_add(LOOK_AHEAD) && !whole {
            return Cut::More { needed: Some(needed), start };
        }
        let (block, mut flaw) = match body.get(..block_length) {
            Some(block) => (block, None),
            None => (body, Some(Flaw::Truncated)),
        };
        let mut end = start + head + block.len();
        let after = bytes.get(end..).unwrap_or_default();
        let separator = after.iter().take(SEPARATOR_BYTES).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let next = after.get(separator..).unwrap_or_default();
        end += separator;
        let leads_on =
            next.is_empty() || separator == SEPARATOR_BYTES || is_start(next) || (whole && b"WARC/".starts_with(next));
        // ARC has one newline between records and some writers none, so only WARC's length can be called wrong there.
        if flaw.is_none() && !(leads_on && (separator > 0 || next.is_empty() || form == Form::Arc)) {
            // Garbage behind a record, or a record cut short? Only a digest can tell. It is not asked where the length
            // swallowed a record: many such, each in the last one's block, would be hashed over and over.
            let is_whole =
                after.starts_with(b"\r\n\r\n") && next_start(block, form).is_none() && head_fields.vouches_for(block);
            flaw = (!is_whole).then_some(Flaw::Length);
        }
        let mut block = block;
        if flaw.is_some() && !is_start(next) {
            // A length that is too large swallows the records behind; one that is too small leaves a part of the record
            // behind. Either way all is its up to the next start.
            match next_start(body, form) {
                Some(at) => {
                    flaw = Some(Flaw::Length);
                    block = block.get(..at).unwrap_or(block);
                    end = start + head + at;
                }
                None if whole => end = bytes.len(),
                None => return Cut::More { needed: None, start },
            }
        }
        let record = match head_fields {
            Head::Warc(header) => header.record(block),
            Head::Arc(line) => line.record(block),
        };
        Cut::Record { record, flaw, garbage, end, start }
    }
}

/// A record whose header cannot be read: everything up to the next start is its block.
fn flawed(bytes: &[u8], whole: bool, (start, form): (usize, Form), garbage: usize) -> Cut<'_> {
    let rest = bytes.get(start + 1..).unwrap_or_default();
    let next = next_start(rest, form).map(|at| start + 1 + at);
    let (flaw, end) = match next {
        Some(next) => (Flaw::Header, next),
        None if !whole => return Cut::More { needed: None, start },
        // The last record, and its header does not end: most likely the file does, in the middle of it.
        None if form == Form::Warc && warc::read_header(rest).is_none() => (Flaw::Truncated, bytes.len()),
        None if form == Form::Arc && !rest.contains(&b'\n') => (Flaw::Truncated, bytes.len()),
        None => (Flaw::Header, bytes.len()),
    };
    let record = warc::WarcHeader::default().record(b"");
    Cut::Record { record, flaw: Some(flaw), garbage, end, start }
}

/// Where the next record starts a line of `bytes`, behind the first.
pub(crate) fn next_record(bytes: &[u8]) -> Option<usize> {
    let warc = next_start(bytes, Form::Warc);
    // ARC's lines are many in some pages' texts, so they are only looked for where no WARC record comes first.
    next_start(bytes.get(..warc.unwrap_or(bytes.len())).unwrap_or_default(), Form::Arc).or(warc)
}

/// Whether a whole line of an ARC record stands here.
pub(crate) fn is_arc_line(bytes: &[u8]) -> bool {
    arc::read_line(bytes).is_some()
}

/// Whether a record of either form starts here.
pub(crate) fn is_start(bytes: &[u8]) -> bool {
    is_version(bytes) || arc::starts_record(bytes)
}

/// Where the first record of `bytes` starts.
fn find_start(bytes: &[u8]) -> Option<(usize, Form)> {
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let rest = bytes.get(blank..)?;
    if is_version(rest) {
        return Some((blank, Form::Warc));
    }
    if arc::starts_record(rest) {
        return Some((blank, Form::Arc));
    }
    let at = next_record(rest)?;
    let form = if rest.get(at..).is_some_and(is_version) { Form::Warc } else { Form::Arc };
    Some((blank + at, form))
}

/// `WARC/` and a digit: every version so far.
fn is_version(bytes: &[u8]) -> bool {
    bytes.starts_with(b"WARC/") && bytes.get(5).is_some_and(u8::is_ascii_digit)
}

/// Where the next record's version line or URL line starts in `bytes`.
fn next_start(bytes: &[u8], form: Form) -> Option<usize> {
    match form {
        // A page may well quote "WARC/1.0": only a version that is followed by a header line counts. It need not start
        // a line: a writer that was killed and started again goes on in the middle of one.
        Form::Warc => memmem::find_iter(bytes, b"WARC/").find(|at| {
            bytes.get(*at..).is_some_and(|rest| {
                is_version(rest)
                    && memmem::find(rest.get(..64.min(rest.len())).unwrap_or_default(), b"\r\nWARC-").is_some()
            })
        }),
        Form::Arc => memmem::find_iter(bytes, b"\nhttp")
            .map(|at| at + 1)
            .find(|at| bytes.get(*at..).is_some_and(|rest| arc::read_line(rest).is_some())),
    }
}

/// Bytes other than white space and the zeros of padded files.
fn garbage_in(bytes: &[u8]) -> usize {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) { 0 } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]

    use super::{Cut, Cutter, Flaw};

    const CUTTER: Cutter = Cutter { header_limit_bytes: 1 << 16 };

    fn record(length: usize, block: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: <urn:x>\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
        )
    }

    fn walk(bytes: &[u8]) -> Vec<(String, Option<Flaw>, usize)> {
        let (mut found, mut at) = (Vec::new(), 0);
        loop {
            match CUTTER.cut(&bytes[at..], true) {
                Cut::Record { record, flaw, garbage, end, .. } => {
                    found.push((String::from_utf8_lossy(record.block).into_owned(), flaw, garbage));
                    assert!(end > 0);
                    at += end;
                }
                Cut::End { garbage: 0 } => return found,
                Cut::End { garbage } => {
                    found.push((String::new(), None, garbage));
                    return found;
                }
                Cut::More { .. } => panic!("`whole` and yet more is asked for"),
            }
        }
    }

    #[test]
    fn records_follow_one_another() {
        let bytes = record(3, "abc") + &record(0, "") + &record(2, "de");
        let blocks: Vec<_> = walk(bytes.as_bytes()).into_iter().map(|(block, flaw, _)| (block, flaw)).collect();
        assert_eq!(blocks, [("abc".into(), None), (String::new(), None), ("de".into(), None)]);
    }

    #[test]
    fn a_wrong_length_costs_one_record_and_no_other() {
        // One to four too many look like a record with fewer line ends behind it, which exist.
        for wrong in [1, 2, 40, 120, 10_000] {
            let bytes = record(wrong, "abc") + &record(2, "de") + &record(3, "fgh");
            let found = walk(bytes.as_bytes());
            assert_eq!(found[0].1, Some(Flaw::Length), "{wrong}");
            let tail: Vec<_> = found[1..].iter().map(|(block, flaw, _)| (block.as_str(), *flaw)).collect();
            assert_eq!(tail, [("de", None), ("fgh", None)], "{wrong}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_record_is_said() {
        let whole = record(3, "abc");
        assert_eq!(walk(&whole.as_bytes()[..whole.len() - 5])[0].1, Some(Flaw::Truncated));
        assert_eq!(walk(&whole.as_bytes()[..30])[0].1, Some(Flaw::Truncated));
        assert_eq!(walk(b"not a record at all"), [(String::new(), None, 19)]);
        let found = walk(("junk\r\n".to_owned() + &whole).as_bytes());
        assert_eq!((found[0].0.as_str(), found[0].2), ("abc", 6));
        let no_length = format!("WARC/1.0\r\nWARC-Type: x\r\n\r\n{whole}");
        let found = walk(no_length.as_bytes());
        assert_eq!((found[0].1, found[1].0.as_str()), (Some(Flaw::Header), "abc"));
    }

    #[test]
    fn in_pieces_as_in_one() {
        let bytes = (record(3, "abc") + &record(2, "de")).into_bytes();
        for end in 0..bytes.len() {
            match CUTTER.cut(&bytes[..end], false) {
                Cut::More { needed: Some(needed), .. } => assert!(needed > end as u64),
                Cut::More { needed: None, .. } => {}
                Cut::Record { record, flaw, .. } => {
                    assert_eq!((record.block, flaw), (&b"abc"[..], None), "{end}");
                }
                Cut::End { .. } => panic!("an end before the end"),
            }
        }
    }

    #[test]
    fn arc_records_are_cut() {
        let bytes =
            b"filedesc://x.arc 0.0.0.0 20080430204825 text/plain 10\n1 0 x\nabcd\nhttp://example.org/ 192.0.2.1 \
                      20080430204825 text/html 3\nabc\n";
        let blocks: Vec<_> = walk(bytes).into_iter().map(|(block, flaw, _)| (block, flaw)).collect();
        assert_eq!(blocks, [("1 0 x\nabcd".into(), None), ("abc".into(), None)]);
    }
}
