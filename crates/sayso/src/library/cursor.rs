use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Why a list cannot go on from a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// It is none.
    #[error("the cursor cannot be read\nhint: take it from `next` of an answer, as it is")]
    Malformed,
    /// It comes of another question.
    #[error(
        "the cursor belongs to another question\nhint: ask as before and change nothing but the cursor and the limit"
    )]
    OtherQuestion,
    /// It comes of datasets as they were.
    #[error("the cursor belongs to another snapshot of the datasets\nhint: begin the list again, without a cursor")]
    OtherSnapshot,
}

/// Bytes of a digest: enough to tell apart what is not made to be alike.
const DIGEST: usize = 8;

/// No cursor is longer than this; the longest name of a value fits.
const MOST_BYTES: usize = 512;

/// What a cursor begins with.
const VERSION: u8 = 1;

/// What a list is a list of: the question, and the datasets that answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListId {
    question: [u8; DIGEST],
    snapshots: [u8; DIGEST],
}

impl ListId {
    /// `question` is everything that decides on what stands in the list and in which order.
    pub(super) fn new<'s>(question: &[&str], snapshots: impl Iterator<Item = &'s str>) -> Self {
        Self { question: digest(question.iter().copied()), snapshots: digest(snapshots) }
    }
}

fn digest<'s>(parts: impl Iterator<Item = &'s str>) -> [u8; DIGEST] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let whole = hasher.finalize();
    whole.first_chunk().copied().unwrap_or_default()
}

/// Writes where a list goes on, as text that can stand in an address.
pub(super) fn write_cursor(list: ListId, place: &[u8]) -> String {
    let parts = [&[VERSION], list.question.as_slice(), list.snapshots.as_slice(), place];
    URL_SAFE_NO_PAD.encode(parts.concat())
}

/// Reads where this list goes on.
pub(super) fn read_cursor(list: ListId, cursor: &str) -> Result<Vec<u8>, CursorError> {
    if cursor.len() > MOST_BYTES {
        return Err(CursorError::Malformed);
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| CursorError::Malformed)?;
    let rest = bytes.strip_prefix(&[VERSION]).ok_or(CursorError::Malformed)?;
    let (question, rest) = rest.split_first_chunk::<DIGEST>().ok_or(CursorError::Malformed)?;
    let (snapshots, place) = rest.split_first_chunk::<DIGEST>().ok_or(CursorError::Malformed)?;
    if *question != list.question {
        return Err(CursorError::OtherQuestion);
    }
    if *snapshots != list.snapshots {
        return Err(CursorError::OtherSnapshot);
    }
    Ok(place.to_vec())
}

#[cfg(test)]
mod tests {
    use super::{CursorError, ListId, read_cursor, write_cursor};

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let list = |question: &[&str], snapshot: &str| ListId::new(question, [snapshot].into_iter());
        let cursor = write_cursor(list(&["a", "b"], "1-x"), b"place");
        assert_eq!(read_cursor(list(&["a", "b"], "1-x"), &cursor), Ok(b"place".to_vec()));
        assert_eq!(read_cursor(list(&["ab", ""], "1-x"), &cursor), Err(CursorError::OtherQuestion));
        assert_eq!(read_cursor(list(&["a", "b"], "2-x"), &cursor), Err(CursorError::OtherSnapshot));
        for bad in ["", "A", "AQ", "***", "=", &cursor[1..], &cursor[..20], &"A".repeat(10_000)] {
            assert_eq!(read_cursor(list(&["a", "b"], "1-x"), bad), Err(CursorError::Malformed), "{bad}");
        }
    }
}
