use std::io::{self, BufRead};

/// What stood on a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    End,
    Whole,
    /// It was longer than the limit and was passed over.
    TooLong,
}

/// Reads a line without its end, never keeping more than `limit` bytes of it.
pub(super) fn next_line(input: &mut dyn BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    line.clear();
    let (mut is_too_long, mut has_any) = (false, false);
    loop {
        let bytes = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        if bytes.is_empty() && !has_any {
            return Ok(Line::End);
        }
        has_any = true;
        let end = memchr::memchr(b'\n', bytes);
        let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        is_too_long |= line.len() + piece.len() > limit;
        if !is_too_long {
            line.extend_from_slice(piece);
        }
        let (taken, is_last) = (end.map_or(bytes.len(), |end| end + 1), end.is_some() || bytes.is_empty());
        input.consume(taken);
        if is_last {
            return Ok(if is_too_long { Line::TooLong } else { Line::Whole });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Line, next_line};

    #[test]
    fn lines_come_whole_or_not_at_all() {
        let mut input = std::io::BufReader::with_capacity(3, &b"abc\n\nlonger than ten\nlast"[..]);
        let mut line = Vec::new();
        let mut next = |expected: Line, text: &[u8]| {
            assert_eq!(next_line(&mut input, &mut line, 10).unwrap(), expected);
            if expected == Line::Whole {
                assert_eq!(line, text);
            }
        };
        next(Line::Whole, b"abc");
        next(Line::Whole, b"");
        next(Line::TooLong, b"");
        next(Line::Whole, b"last");
        next(Line::End, b"");
    }
}
