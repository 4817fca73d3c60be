use sayso_core::RecordLocator;

use super::words;

/// Where a record lies, for somebody who wants to read it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordView {
    pub(crate) file: String,
    pub(crate) offset: String,
    /// `None` where the source does not say.
    pub(crate) length: Option<String>,
    /// `None` where the record states none.
    pub(crate) digest: Option<String>,
    /// The bytes to ask a file's server for.
    pub(crate) range: Option<String>,
}

impl RecordView {
    pub(crate) fn new(record: &RecordLocator) -> Self {
        let end = record.length.checked_sub(1).and_then(|more| record.offset.checked_add(more));
        Self {
            file: record.file.to_string(),
            offset: words::number(record.offset),
            length: (record.length > 0).then(|| words::number(record.length)),
            digest: (!record.digest.is_empty()).then(|| record.digest.clone()),
            range: end.map(|end| format!("{}-{end}", record.offset)),
        }
    }
}
