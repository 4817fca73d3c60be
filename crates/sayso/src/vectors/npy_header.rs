//! The header of NumPy's `.npy` files: a literal of Python's, of which the three keys that the format knows are read.

use super::NpyError;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NpyHeader {
    /// The type of a number, such as `<f2`.
    pub(super) descr: String,
    pub(super) shape: Vec<u64>,
    /// Where the numbers begin.
    pub(super) data_at: u64,
}

/// Honest headers have 118 bytes; NumPy itself refuses those over 10,000.
const MOST_HEADER_BYTES: usize = 10_000;
/// The most numbers in a shape that are read.
const MOST_AXES: usize = 8;

/// How many bytes the header has beside its first `PREFIX_BYTES`, by those.
pub(super) fn length_of(prefix: &[u8]) -> Result<(usize, usize), NpyError> {
    let version = match prefix {
        [0x93, b'N', b'U', b'M', b'P', b'Y', major, _, ..] => *major,
        _ => return Err(NpyError::Malformed("it does not begin as one")),
    };
    let (length, at) = match (version, prefix.get(8..)) {
        (1, Some([a, b, ..])) => (usize::from(u16::from_le_bytes([*a, *b])), 10),
        (2 | 3, Some([a, b, c, d, ..])) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        (1..=3, _) => return Err(NpyError::Malformed("it is cut off in its header")),
        _ => return Err(NpyError::Malformed("it is of a version that is not known")),
    };
    if length > MOST_HEADER_BYTES {
        return Err(NpyError::Malformed("its header is too long"));
    }
    Ok((at, length))
}

/// The longest prefix: magic bytes, version, and the header's length.
pub(super) const PREFIX_BYTES: usize = 12;

impl NpyHeader {
    /// Reads the text of a header that ends at byte `data_at` of its file.
    pub(super) fn parse(text: &[u8], data_at: u64) -> Result<Self, NpyError> {
        let mut cursor = Cursor(text);
        let (mut descr, mut shape, mut is_by_column) = (None, None, None);
        cursor.expect(b'{')?;
        while !cursor.is_next(b'}') {
            let key = cursor.string()?;
            cursor.expect(b':')?;
            let is_new = match key {
                "descr" => descr.replace(cursor.string()?.to_owned()).is_none(),
                "shape" => shape.replace(cursor.shape()?).is_none(),
                "fortran_order" => is_by_column.replace(cursor.truth()?).is_none(),
                _ => return Err(NpyError::Malformed("its header has a key that is not known")),
            };
            if !is_new {
                return Err(NpyError::Malformed("its header says something twice"));
            }
            if !cursor.is_next(b',') && cursor.0.first() != Some(&b'}') {
                return Err(NpyError::Malformed("its header cannot be read"));
            }
        }
        if !cursor.0.trim_ascii().is_empty() {
            return Err(NpyError::Malformed("its header goes on behind its end"));
        }
        match (descr, shape, is_by_column) {
            (Some(descr), Some(shape), Some(false)) => Ok(Self { descr, shape, data_at }),
            (_, _, Some(true)) => Err(NpyError::Malformed("it is stored by column (fortran_order)")),
            _ => Err(NpyError::Malformed("its header does not say all of type, order and shape")),
        }
    }

    /// The bytes of a file up to its numbers: 128 whatever the shape, so that the rows can be told when they are known.
    pub(super) fn write(descr: &str, shape: &str) -> Vec<u8> {
        let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        text.extend(std::iter::repeat_n(' ', 117_usize.saturating_sub(text.len())));
        text.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(&(text.len() as u16).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    /// Passes over `byte` if it is what comes next, behind spaces.
    fn is_next(&mut self, byte: u8) -> bool {
        self.0 = self.0.trim_ascii_start();
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), NpyError> {
        if self.is_next(byte) { Ok(()) } else { Err(NpyError::Malformed("its header cannot be read")) }
    }

    fn string(&mut self) -> Result<&'a str, NpyError> {
        let quote = if self.is_next(b'\'') {
            b'\''
        } else {
            self.expect(b'"')?;
            b'"'
        };
        let end = self.0.iter().position(|byte| *byte == quote || *byte == b'\\');
        let end = end.filter(|end| self.0.get(*end) == Some(&quote));
        let (text, rest) = end.and_then(|end| self.0.split_at_checked(end)).ok_or(BAD_STRING)?;
        self.0 = rest.get(1..).unwrap_or_default();
        std::str::from_utf8(text).map_err(|_| BAD_STRING)
    }

    fn truth(&mut self) -> Result<bool, NpyError> {
        self.0 = self.0.trim_ascii_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.0.strip_prefix(word.as_bytes()) {
                self.0 = rest;
                return Ok(value);
            }
        }
        Err(NpyError::Malformed("its header has neither True nor False for its order"))
    }

    fn shape(&mut self) -> Result<Vec<u64>, NpyError> {
        self.expect(b'(')?;
        let mut shape = Vec::new();
        while !self.is_next(b')') {
            self.0 = self.0.trim_ascii_start();
            let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (number, rest) = self.0.split_at_checked(digits).unwrap_or_default();
            // Files of Python 2 have an L behind long numbers.
            self.0 = rest.strip_prefix(b"L").unwrap_or(rest);
            let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()).ok_or(BAD_SHAPE)?;
            shape.push(number);
            if shape.len() > MOST_AXES || (!self.is_next(b',') && self.0.first() != Some(&b')')) {
                return Err(BAD_SHAPE);
            }
        }
        Ok(shape)
    }
}

const BAD_STRING: NpyError = NpyError::Malformed("its header has a text that cannot be read");
const BAD_SHAPE: NpyError = NpyError::Malformed("its header has a shape that cannot be read");

#[cfg(test)]
mod tests {
    use super::{NpyHeader, PREFIX_BYTES, length_of};

    #[test]
    fn what_numpy_writes_is_read() {
        for (text, descr, shape) in [
            ("{'descr': '<f2', 'fortran_order': False, 'shape': (3, 512), }      \n", "<f2", &[3, 512][..]),
            ("{\"shape\":(7,),\"descr\":\"|S32\",\"fortran_order\":False}", "|S32", &[7]),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "<f4", &[]),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (10L, 2L)}", "<f4", &[10, 2]),
        ] {
            let header = NpyHeader::parse(text.as_bytes(), 9).unwrap_or_else(|error| unreachable!("{text}: {error}"));
            assert_eq!((header.descr.as_str(), header.shape.as_slice(), header.data_at), (descr, shape, 9));
        }
        let written = NpyHeader::write("<f2", "(12, 512)");
        assert_eq!(written.len(), 128);
        assert!(matches!(length_of(&written), Ok((10, 118))));
        assert!(written.get(10..).is_some_and(|text| NpyHeader::parse(text, 128).is_ok()));
    }

    #[test]
    fn what_nobody_would_write_is_refused() {
        for text in [
            "",
            "{",
            "{}",
            "{'descr': '<f4'}",
            "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3, 2), }",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'more': 'x'}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 2)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)} __import__('os')",
            "{'descr': '<f\\'4', 'fortran_order': False, 'shape': (1, 2)}",
            "{'descr': '<f4' 'fortran_order': False, 'shape': (1, 2)}",
            "{'descr': '<f4",
        ] {
            assert!(NpyHeader::parse(text.as_bytes(), 0).is_err(), "{text}");
        }
        for prefix in [&b""[..], b"PK\x03\x04aaaaaaaa", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x09\x00\x10\x00\x00\x00"] {
            assert!(length_of(prefix).is_err());
        }
        assert!(length_of(b"\x93NUMPY\x02\x00\xff\xff\xff\xff").is_err());
        const { assert!(PREFIX_BYTES >= 12) };
    }
}
