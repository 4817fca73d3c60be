/// What became of a body that claims to be chunked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dechunked {
    /// All chunks, joined.
    Whole(Vec<u8>),
    /// The body does not start with a chunk size: somebody undid the chunks before.
    NotChunked,
    /// The chunks up to the one that does not follow its size, and the rest as it stands.
    Broken(Vec<u8>),
}

/// Undoes the chunked transfer coding (RFC 9112, section 7.1). Trailers are passed over.
#[must_use]
pub fn dechunk(body: &[u8]) -> Dechunked {
    let mut joined = Vec::new();
    let mut at = 0;
    loop {
        let rest = body.get(at..).unwrap_or_default();
        let Some((size, line_bytes)) = chunk_size(rest) else {
            if at == 0 {
                return Dechunked::NotChunked;
            }
            joined.extend_from_slice(rest);
            // A body cut off right behind a chunk is whole as far as it goes; anything else is damage.
            return if rest.is_empty() { Dechunked::Whole(joined) } else { Dechunked::Broken(joined) };
        };
        if size == 0 {
            return Dechunked::Whole(joined);
        }
        at += line_bytes;
        match body.get(at..).unwrap_or_default().get(..size) {
            Some(chunk) => joined.extend_from_slice(chunk),
            None => {
                joined.extend_from_slice(body.get(at..).unwrap_or_default());
                return Dechunked::Broken(joined);
            }
        }
        at += size;
        let after = body.get(at..).unwrap_or_default();
        at += if after.starts_with(b"\r\n") { 2 } else { usize::from(after.starts_with(b"\n")) };
    }
}

/// The size in the line at the start of `bytes`, and the length of that line. Extensions are passed over.
fn chunk_size(bytes: &[u8]) -> Option<(usize, usize)> {
    // Sixteen digits, an extension and the line's end fit; a longer line is no chunk size.
    let window = bytes.get(..1024.min(bytes.len()))?;
    let newline = memchr::memchr(b'\n', window)?;
    let line = std::str::from_utf8(window.get(..newline)?).ok()?;
    let digits = line.split(';').next()?.trim_ascii();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    usize::from_str_radix(digits, 16).ok().map(|size| (size, newline + 1))
}

#[cfg(test)]
mod tests {
    use super::{Dechunked, dechunk};

    #[test]
    fn chunks_are_joined_and_damage_is_said() {
        assert_eq!(dechunk(b"3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n"), Dechunked::Whole(b"abc".to_vec()));
        assert_eq!(dechunk(b"5\r\nab"), Dechunked::Broken(b"ab".to_vec()));
        assert_eq!(dechunk(b"2\r\nabxy\r\n"), Dechunked::Broken(b"abxy\r\n".to_vec()));
        assert_eq!(dechunk(b"2\r\nab\r\n"), Dechunked::Whole(b"ab".to_vec()));
        assert_eq!(dechunk(b"<p>"), Dechunked::NotChunked);
        assert_eq!(dechunk(b"ffffffffffffffff\r\nab"), Dechunked::Broken(b"ab".to_vec()));
    }
}
