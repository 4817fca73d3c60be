use super::Fault;

/// The bytes of a pickle that are left.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(pickle: &'a [u8]) -> Self {
        Self { rest: pickle }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| Fault::Broken("breaks off".to_owned()))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A whole number of up to eight bytes, the little end first.
    pub(super) fn number(&mut self, bytes: usize) -> Result<u64, Fault> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Bytes whose length stands before them.
    pub(super) fn counted(&mut self, length_bytes: usize) -> Result<&'a [u8], Fault> {
        let length = self.number(length_bytes)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    pub(super) fn text(&mut self, length_bytes: usize) -> Result<String, Fault> {
        let bytes = self.counted(length_bytes)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Fault::Broken("holds a text that is no UTF-8".to_owned()))
    }

    /// A line, without its end.
    pub(super) fn line(&mut self) -> Result<String, Fault> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.unwrap_or(usize::MAX))?;
        self.take(1)?;
        Ok(String::from_utf8_lossy(line).into_owned())
    }

    /// A signed number of any length; one that has more than eight bytes is none that a tensor's place needs.
    pub(super) fn long(&mut self, length_bytes: usize) -> Result<Option<i64>, Fault> {
        let bytes = self.counted(length_bytes)?;
        if bytes.len() > 8 {
            return Ok(None);
        }
        let sign = if bytes.last().is_some_and(|byte| *byte & 0x80 != 0) { 0xff } else { 0 };
        let mut eight = [sign; 8];
        for (to, from) in eight.iter_mut().zip(bytes) {
            *to = *from;
        }
        Ok(Some(i64::from_le_bytes(eight)))
    }
}
