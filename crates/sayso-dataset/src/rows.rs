use arrow_array::cast::AsArray;
use arrow_array::{RecordBatch, StringArray};

/// The columns that a text index is made of.
#[derive(Debug, Clone, Copy)]
pub struct IndexedColumns<'a> {
    /// The picture's URL.
    pub url: &'a StringArray,
    /// The caption.
    pub caption: &'a StringArray,
    /// The picture's registrable domain.
    pub domain: &'a StringArray,
    /// The page's URL.
    pub page_url: &'a StringArray,
    /// The creator.
    pub creator: &'a StringArray,
    /// The licence.
    pub licence: &'a StringArray,
    /// The verdict's stance.
    pub verdict: &'a StringArray,
}

impl<'a> IndexedColumns<'a> {
    /// The names of these columns, for reading no others.
    pub const NAMES: [&'static str; 7] = ["url", "caption", "domain", "page_url", "creator", "licence", "verdict"];
}

/// The columns of a batch of samples that are indexed; `None` where one is missing.
#[must_use]
pub fn index_columns(batch: &RecordBatch) -> Option<IndexedColumns<'_>> {
    let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    Some(IndexedColumns {
        url: text("url")?,
        caption: text("caption")?,
        domain: text("domain")?,
        page_url: text("page_url")?,
        creator: text("creator")?,
        licence: text("licence")?,
        verdict: text("verdict")?,
    })
}
