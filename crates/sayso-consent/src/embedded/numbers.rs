//! Numbers and ranges of bytes that may not be there.

/// `len` bytes from `at`, `None` where not all of them are there.
pub(super) fn part(bytes: &[u8], at: usize, len: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(len)?)
}

/// The bytes from `at` on, at most `len`, and whether they are all there.
pub(super) fn part_up_to(bytes: &[u8], at: usize, len: usize) -> (&[u8], bool) {
    let end = at.saturating_add(len);
    (bytes.get(at..end.min(bytes.len())).unwrap_or_default(), end <= bytes.len())
}

pub(super) fn byte(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at).map(|&byte| usize::from(byte))
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    uint(bytes, at, 2).and_then(|number| usize::try_from(number).ok())
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<usize> {
    uint(bytes, at, 4).and_then(|number| usize::try_from(number).ok())
}

/// A number of up to eight bytes, the highest first. No bytes make 0.
pub(super) fn uint(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let digits = part(bytes, at, len).filter(|digits| digits.len() <= 8)?;
    Some(digits.iter().fold(0, |number, &digit| number << 8 | u64::from(digit)))
}

pub(super) fn le32(bytes: &[u8], at: usize) -> Option<usize> {
    let digits: [u8; 4] = part(bytes, at, 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(digits)).ok()
}

/// Where `inner`, which was cut out of `outer`, starts in it.
pub(super) fn offset_in(outer: &[u8], inner: &[u8]) -> Option<usize> {
    let at = (inner.as_ptr() as usize).checked_sub(outer.as_ptr() as usize)?;
    (at.checked_add(inner.len())? <= outer.len()).then_some(at)
}

/// The bytes before the first NUL, and those behind it.
pub(super) fn split_nul(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, bytes)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}
