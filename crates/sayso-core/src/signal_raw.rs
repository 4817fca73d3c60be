//! How the bytes of a signal become evidence, and how a reader knows that some are missing.

use crate::Signal;

impl Signal {
    /// The character that ends `raw` where bytes were cut off.
    ///
    /// A reader must be able to tell: a `Content-Usage` that lost its last member could read as a grant.
    pub const CUT_MARK: char = '…';

    /// The place of a licence that a page links to without saying that it is the page's: evidence that may withhold, and
    /// never grants.
    pub const BARE_LICENCE_LINK: &str = "a href";

    /// Decodes a signal's bytes lossily into what `raw` holds, in at most `limit_bytes` bytes.
    #[must_use]
    pub fn raw_of(bytes: &[u8], limit_bytes: u64) -> String {
        let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
        // A replaced byte takes three: never decode more than could be kept.
        let mut raw = String::from_utf8_lossy(&bytes[..bytes.len().min(limit)]).into_owned();
        if raw.len() <= limit && bytes.len() <= limit {
            return raw;
        }
        let mut end = limit.saturating_sub(Self::CUT_MARK.len_utf8()).min(raw.len());
        while !raw.is_char_boundary(end) {
            end -= 1;
        }
        raw.truncate(end);
        raw.push(Self::CUT_MARK);
        raw
    }

    /// Whether `raw` was cut to a limit.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.raw.ends_with(Self::CUT_MARK)
    }
}

#[cfg(test)]
mod tests {
    use crate::Signal;

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(Signal::raw_of(b"noai", 4), "noai");
        assert_eq!(Signal::raw_of(b"noindex, noai", 10), "noindex…");
        assert_eq!(Signal::raw_of("éééé".as_bytes(), 7), "éé…");
        assert_eq!(Signal::raw_of(b"\xff\xff", 5), "…");
        assert_eq!(Signal::raw_of(b"a\xff", 9), "a\u{fffd}");
    }
}
