use crate::RegistryError;

/// Bytes of an entry: its length is written in two bytes.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Entries one behind the other, each after its length (tlog-tiles, section "Log entries").
pub fn bundle<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, RegistryError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| RegistryError::EntryTooLong { bytes: entry.len() })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle; `None` where it breaks off.
#[must_use]
pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{bundle, unbundle};

    #[test]
    fn entries_are_read_as_they_are_written() {
        let entries: [&[u8]; 3] = [b"one", b"", &[7; 65_535]];
        let bytes = bundle(entries.into_iter()).unwrap();
        assert_eq!(&bytes[..5], b"\0\x03one");
        assert_eq!(unbundle(&bytes).unwrap(), entries);
        for cut in [1, 4, bytes.len() - 1] {
            assert!(unbundle(&bytes[..cut]).is_none(), "{cut}");
        }
        assert!(bundle([&[0; 65_536][..]].into_iter()).is_err());
    }
}
