use std::borrow::Cow;
use std::path::PathBuf;

use arrow_schema::SchemaRef;

/// What makes text fit for everybody's eyes.
pub type Mask = fn(&str) -> Cow<'_, str>;

/// The tables of one dataset.
#[derive(Debug, Clone)]
pub struct SqlDataset {
    /// The name before the dot, where a table is of another dataset than the first.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Its tables.
    pub tables: Vec<SqlTable>,
}

/// A table: Parquet files with the same columns.
#[derive(Debug, Clone)]
pub struct SqlTable {
    /// Its name.
    pub name: &'static str,
    /// Paths inside the dataset's folder, with slashes.
    pub files: Vec<String>,
    /// Rows of all files.
    pub rows: u64,
    /// The columns of all files together, those that nobody asks for left out.
    pub schema: SchemaRef,
    /// Columns of text that are shown as they are though other text is masked: addresses, digests, codes.
    pub unmasked: &'static [&'static str],
}
