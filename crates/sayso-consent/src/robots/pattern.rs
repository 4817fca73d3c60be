//! Path patterns: normalised once, matched without allocating.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use super::sieve::Sieve;

/// A path pattern with its `*` and `$`. Its bytes lie in the arena of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    bytes: Range<usize>,
    /// Whether it ends with `$` and so must reach to the path's end.
    anchored: bool,
    /// How specific it is: its length as written, `*` and `$` counted, once encoded (RFC 9309, section 2.2.2).
    pub(crate) length: usize,
}

impl Pattern {
    /// Normalises `written` into the arena.
    pub(crate) fn add(written: &[u8], arena: &mut Vec<u8>) -> Self {
        let start = arena.len();
        let (body, anchored) = match written {
            [body @ .., b'$'] => (body, true),
            _ => (written, false),
        };
        normalise(body, Special::Keep, arena);
        let length = arena.len() - start + usize::from(anchored);
        Self { bytes: start..arena.len(), anchored, length }
    }

    /// What it demands of every path.
    pub(super) fn sieve(&self, arena: &[u8]) -> Sieve {
        Sieve::of(arena.get(self.bytes.clone()).unwrap_or_default())
    }

    /// Whether it matches a path that [`normalised`] has prepared.
    ///
    /// The parts between the stars are looked for from left to right, each from where the last one ended. That is
    /// all a glob needs, and takes time in proportion to path and pattern, whatever a hostile file makes of it.
    pub(crate) fn matches(&self, arena: &[u8], path: &[u8]) -> bool {
        let pattern = arena.get(self.bytes.clone()).unwrap_or_default();
        let Some(star) = memchr::memchr(b'*', pattern) else {
            return if self.anchored { path == pattern } else { path.starts_with(pattern) };
        };
        let Some(mut rest) = path.strip_prefix(&pattern[..star]) else {
            return false;
        };
        let mut parts = &pattern[star + 1..];
        while let Some(star) = memchr::memchr(b'*', parts) {
            let part = &parts[..star];
            let Some(at) = memmem::find(rest, part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
            parts = &parts[star + 1..];
        }
        if self.anchored { rest.ends_with(parts) } else { memmem::find(rest, parts).is_some() }
    }
}

/// Prepares a path with its query for matching; a fragment is no part of either.
pub(crate) fn normalised(path: &str) -> Cow<'_, [u8]> {
    let path = path.as_bytes();
    let path = &path[..memchr::memchr(b'#', path).unwrap_or(path.len())];
    if path.is_empty() {
        return Cow::Borrowed(b"/");
    }
    if path.iter().all(|&byte| stands_in_paths(byte)) {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len() + 16);
    normalise(path, Special::Encode, &mut out);
    Cow::Owned(out)
}

/// What becomes of `*`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    /// In a pattern it is a wildcard.
    Keep,
    /// In a path it is an octet, which a pattern writes as `%2A` (RFC 9309, section 2.2.3).
    Encode,
}

/// Gives every octet the one form in which it is compared (RFC 9309, section 2.2.2): unreserved characters as
/// themselves, reserved ones as written, all others percent-encoded in upper case.
fn normalise(written: &[u8], star: Special, out: &mut Vec<u8>) {
    let mut rest = written;
    loop {
        let stays = |&&octet: &&u8| stands_in_paths(octet) || (octet == b'*' && star == Special::Keep);
        let (same, changed) = rest.split_at(rest.iter().take_while(stays).count());
        out.extend_from_slice(same);
        let [first, tail @ ..] = changed else { return };
        rest = tail;
        match *first {
            b'%' => match tail {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    rest = after;
                    let octet = hex(*high) << 4 | hex(*low);
                    if is_unreserved(octet) { out.push(octet) } else { encode(octet, out) }
                }
                _ => encode(b'%', out),
            },
            // Inside a pattern `$` is an octet like any other; only the last one anchors.
            octet => encode(octet, out),
        }
    }
}

fn encode(octet: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'%', DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]]);
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

/// Whether a path is compared with this octet as it is.
fn stands_in_paths(octet: u8) -> bool {
    const STANDS: [bool; 256] = {
        let mut stands = [false; 256];
        let mut octet = 0;
        while octet < 128 {
            let byte = octet as u8;
            stands[octet] = is_plain(byte) && byte != b'*' && byte != b'$';
            octet += 1;
        }
        stands
    };
    STANDS[usize::from(octet)]
}

/// RFC 3986, section 2.3.
const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// Unreserved or reserved (RFC 3986, section 2.2): what stands in a URL as itself.
const fn is_plain(octet: u8) -> bool {
    let is_reserved = matches!(octet, b':' | b'/' | b'?' | b'#' | b'[' | b']' | b'@' | b'!' | b'$' | b'&' | b'\'')
        || matches!(octet, b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=');
    is_reserved || is_unreserved(octet)
}

#[cfg(test)]
mod tests {
    use super::super::sieve::Sifted;
    use super::{Pattern, normalised};

    fn matches(pattern: &str, path: &str) -> bool {
        let mut arena = b"earlier".to_vec();
        Pattern::add(pattern.as_bytes(), &mut arena).matches(&arena, &normalised(path))
    }

    #[test]
    fn stars_and_ends() {
        for (pattern, path) in [
            ("/", "/a"),
            ("/a*c", "/abbbc/d"),
            ("/*.php$", "/a/b.php"),
            ("/*.php$", "/a.php/b.php"),
            ("/a**b", "/ab"),
            ("*", ""),
            ("/*$", "/a?b"),
            ("/a$b", "/a$bc"),
            ("/a*b*a$", "/aba"),
            ("/", ""),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/A", "/a"),
            ("/a$", "/a/"),
            ("/*.php$", "/a.php?x"),
            ("/ab*ba$", "/aba"),
            ("/a*b*a$", "/ab"),
            ("a", "/a"),
            ("/a*", "/"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_matches_passes_the_sieve(pattern in "[/ab*$%é]{0,24}", path in "/[/ab*$é]{0,24}") {
            let mut arena = Vec::new();
            let pattern = Pattern::add(pattern.as_bytes(), &mut arena);
            let path = normalised(&path);
            let passes = pattern.sieve(&arena).lets_pass(&Sifted::of(&path));
            proptest::prop_assert!(passes || !pattern.matches(&arena, &path));
        }
    }

    #[test]
    fn an_octet_is_the_same_however_it_is_written() {
        for (pattern, path) in [
            ("/ツ", "/%E3%83%84"),
            ("/%e3%83%84", "/ツ"),
            ("/%62%61z", "/baz"),
            ("/baz", "/b%61z"),
            ("/a%2ab", "/a*b"),
            ("/a%24", "/a$"),
            ("/a b", "/a%20b"),
            ("/a%2Fb", "/a%2fb"),
            ("/100%", "/100%25"),
            ("/%zz", "/%zz"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        assert!(!matches("/a%2Fb", "/a/b"), "an encoded reserved character is another one");
        assert!(!matches("/a%2Ab", "/axb"));
    }
}
