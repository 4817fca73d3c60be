use std::ptr::NonNull;

/// Inflates whole gzip members with libdeflate, which is two to three times as fast as a streaming inflater.
///
/// libdeflate wants the whole member and room for all it inflates to. Members of crawls are small (one record
/// each), so both are at hand nearly always; a member that is larger than `limit_bytes` is an error here, and the
/// caller walks over it with [`super::MemberWalk`].
pub struct MemberInflater {
    decompressor: NonNull<libdeflate_sys::libdeflate_decompressor>,
    buffer: Vec<u8>,
    limit_bytes: usize,
}

/// Why a member could not be inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberError {
    /// It inflates to more than the limit.
    TooLarge,
    /// It is cut short, broken, or its checksum does not hold.
    Bad,
}

/// Room to start with; it grows to the largest member met.
const FIRST_BUFFER_BYTES: usize = 1 << 20;

impl MemberInflater {
    /// An inflater whose output never grows beyond `limit_bytes`. `None` when there is no memory for one.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Option<Self> {
        #[expect(unsafe_code, reason = "a C function without arguments or preconditions; its null is checked")]
        let decompressor = unsafe { libdeflate_sys::libdeflate_alloc_decompressor() };
        let buffer = vec![0; FIRST_BUFFER_BYTES.min(limit_bytes)];
        NonNull::new(decompressor).map(|decompressor| Self { decompressor, buffer, limit_bytes })
    }

    /// Inflates the member at the start of `input`: its bytes, and how many bytes of `input` it took.
    pub fn inflate(&mut self, input: &[u8]) -> Result<(&[u8], usize), MemberError> {
        loop {
            let (mut consumed, mut produced) = (0, 0);
            #[expect(
                unsafe_code,
                reason = "pointers and lengths are those of two live slices, and libdeflate \
                                            writes no more than the output's length"
            )]
            let result = unsafe {
                libdeflate_sys::libdeflate_gzip_decompress_ex(
                    self.decompressor.as_ptr(),
                    input.as_ptr().cast(),
                    input.len(),
                    self.buffer.as_mut_ptr().cast(),
                    self.buffer.len(),
                    &raw mut consumed,
                    &raw mut produced,
                )
            };
            match result {
                libdeflate_sys::libdeflate_result_LIBDEFLATE_SUCCESS => {
                    let inflated = self.buffer.get(..produced).ok_or(MemberError::Bad)?;
                    return Ok((inflated, consumed));
                }
                libdeflate_sys::libdeflate_result_LIBDEFLATE_INSUFFICIENT_SPACE => {
                    if self.buffer.len() >= self.limit_bytes {
                        return Err(MemberError::TooLarge);
                    }
                    let larger = (self.buffer.len() * 4).clamp(1, self.limit_bytes);
                    self.buffer = vec![0; larger];
                }
                _ => return Err(MemberError::Bad),
            }
        }
    }
}

impl Drop for MemberInflater {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "allocated in `new`, freed once, here")]
        unsafe {
            libdeflate_sys::libdeflate_free_decompressor(self.decompressor.as_ptr());
        }
    }
}

#[expect(
    unsafe_code,
    reason = "libdeflate's decompressor is plain memory without thread affinity; `&mut self` \
                                keeps it to one thread at a time"
)]
unsafe impl Send for MemberInflater {}

impl std::fmt::Debug for MemberInflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberInflater").field("limit_bytes", &self.limit_bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;

    use super::{MemberError, MemberInflater};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_are_taken_one_by_one() {
        let mut input = gzip(b"first");
        let first = input.len();
        input.extend(gzip(b"second"));
        let mut inflater = MemberInflater::new(1 << 20).unwrap();
        assert_eq!(inflater.inflate(&input).unwrap(), (&b"first"[..], first));
        assert_eq!(inflater.inflate(&input[first..]).unwrap(), (&b"second"[..], input.len() - first));
    }

    #[test]
    fn the_buffer_grows_to_the_limit_and_no_further() {
        let input = gzip(&vec![7; 3 << 20]);
        assert_eq!(MemberInflater::new(4 << 20).unwrap().inflate(&input).unwrap().0.len(), 3 << 20);
        assert_eq!(MemberInflater::new(2 << 20).unwrap().inflate(&input), Err(MemberError::TooLarge));
    }

    #[test]
    fn damage_is_found() {
        let good = gzip(&b"some text, some text, some text".repeat(9));
        let mut inflater = MemberInflater::new(1 << 20).unwrap();
        assert_eq!(inflater.inflate(&good[..good.len() - 1]), Err(MemberError::Bad));
        for at in [0, good.len() / 2, good.len() - 6] {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            assert_eq!(inflater.inflate(&bad), Err(MemberError::Bad), "byte {at}");
        }
        assert_eq!(inflater.inflate(&[]), Err(MemberError::Bad));
    }
}
