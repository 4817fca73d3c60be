//! CBOR (RFC 8949), as much of it as an assertion needs: maps and texts. Everything else is stepped over.

use crate::embedded::numbers::{part, uint};

/// A value. Maps keep all their entries in order, those of one key among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Map(Vec<(String, Value)>),
    Other,
}

/// Reads the first value in `bytes`, `None` where it breaks off, breaks the rules or is nested deeper than `depth`.
///
/// A declared length reserves no memory, and every value takes at least a byte: what is built stays in proportion to
/// what is there.
pub(super) fn read_cbor(bytes: &[u8], depth: usize) -> Option<Value> {
    Reader { bytes, at: 0 }.value(depth)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The first byte of a value, and the number in it or behind it; `None` stands for an indefinite length.
struct Head {
    major: u8,
    argument: Option<u64>,
}

const BREAK: u8 = 0xff;

impl<'a> Reader<'a> {
    fn head(&mut self) -> Option<Head> {
        let first = *self.bytes.get(self.at)?;
        self.at += 1;
        let (major, short) = (first >> 5, first & 31);
        let argument = match short {
            0..=23 => Some(u64::from(short)),
            24..=27 => {
                let len = 1 << (short - 24);
                let number = uint(self.bytes, self.at, len)?;
                self.at += len;
                Some(number)
            }
            // Texts, byte strings, arrays and maps may leave their length open.
            31 if (2..=5).contains(&major) => None,
            _ => return None,
        };
        Some(Head { major, argument })
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let head = self.head()?;
        match head.major {
            2 | 3 => {
                let text = self.string(&head)?;
                Some(if head.major == 3 { Value::Text(text) } else { Value::Other })
            }
            4 => {
                let mut left = head.argument;
                while self.more(&mut left)? {
                    self.value(depth)?;
                }
                Some(Value::Other)
            }
            5 => {
                let mut entries = Vec::new();
                let mut left = head.argument;
                while self.more(&mut left)? {
                    let (key, value) = (self.value(depth)?, self.value(depth)?);
                    if let Value::Text(key) = key {
                        entries.push((key, value));
                    }
                }
                Some(Value::Map(entries))
            }
            // A tag says what the value behind it means; a date is a text all the same.
            6 => self.value(depth),
            _ => Some(Value::Other),
        }
    }

    /// Whether an array or a map goes on.
    fn more(&mut self, left: &mut Option<u64>) -> Option<bool> {
        match left {
            Some(0) => Some(false),
            Some(left) => {
                *left -= 1;
                Some(true)
            }
            None => {
                let ends = *self.bytes.get(self.at)? == BREAK;
                self.at += usize::from(ends);
                Some(!ends)
            }
        }
    }

    /// A string of bytes or of text, which may come in pieces of its own kind.
    fn string(&mut self, head: &Head) -> Option<String> {
        let mut bytes = Vec::new();
        if let Some(length) = head.argument {
            bytes.extend_from_slice(self.take(length)?);
        } else {
            let mut left = None;
            while self.more(&mut left)? {
                let piece = self.head().filter(|piece| piece.major == head.major)?;
                bytes.extend_from_slice(self.take(piece.argument?)?);
            }
        }
        if head.major == 2 { Some(String::new()) } else { String::from_utf8(bytes).ok() }
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let taken = part(self.bytes, self.at, usize::try_from(length).ok()?)?;
        self.at += taken.len();
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, read_cbor};

    #[test]
    fn maps_and_texts_are_kept_and_the_rest_is_stepped_over() {
        // {"a": [1, -2, h'00', 1.5, null, 0("x")], 3: 4, "b": {_ "c": (_ "d", "e")}}
        let bytes = b"\xa3\x61a\x86\x01\x21\x41\x00\xfb\x3f\xf8\0\0\0\0\0\0\xf6\xc0\x61x\x03\x04\x61b\xbf\x61c\x7f\x61d\x61e\xff\xff";
        let inner = Value::Map(vec![("c".to_owned(), Value::Text("de".to_owned()))]);
        let expected = Value::Map(vec![("a".to_owned(), Value::Other), ("b".to_owned(), inner)]);
        assert_eq!(read_cbor(bytes, 8), Some(expected));
        for end in 0..bytes.len() {
            assert_eq!(read_cbor(&bytes[..end], 8), None, "{end}");
        }
    }

    #[test]
    fn declared_lengths_and_depths_are_not_believed() {
        for kind in [0x5b, 0x7b, 0x9b, 0xbb] {
            let mut bytes = vec![kind];
            bytes.extend([0xff; 8]);
            assert_eq!(read_cbor(&bytes, 8), None);
        }
        for nesting in [0x81, 0x9f, 0xa1, 0xbf, 0xc0, 0xd8] {
            assert_eq!(read_cbor(&vec![nesting; 1 << 20], 16), None);
        }
        assert_eq!(read_cbor(b"\x5f\x61a\xff", 8), None);
        assert_eq!(read_cbor(b"\x61\xff", 8), None);
        assert_eq!(read_cbor(b"\x1c", 8), None);
        assert_eq!(read_cbor(b"\xff", 8), None);
    }
}
