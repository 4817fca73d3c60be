//! Samples, or those that a query finds, in forms that other programs read.

mod json;
mod parquet;
mod quickwit;
mod run;
mod text;

use std::path::PathBuf;

use sayso_core::stable_names;

pub(crate) use self::text::cell_for_csv;
pub use quickwit::{QuickwitOptions, export_to_quickwit};
pub use run::{export_to_file, export_to_writer};

/// A form in which samples are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExportFormat {
    /// Values between commas (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe.
    Csv,
    /// Values between tabs; tabs and line ends in them are spaces.
    Tsv,
    /// A JSON object a line.
    JsonLines,
    /// Parquet.
    Parquet,
    /// The pictures' addresses, one a line.
    Urls,
}

stable_names!(ExportFormat, "format", {
    Csv => "csv",
    Tsv => "tsv",
    JsonLines => "jsonl",
    Parquet => "parquet",
    Urls => "urls",
});

/// What is handed out, and how.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// The form.
    pub format: ExportFormat,
    /// The columns, in their order; all but the features where none are named.
    pub columns: Vec<String>,
    /// The query whose hits are wanted; all samples where there is none.
    pub query: Option<String>,
    /// Samples at most.
    pub limit: u64,
    /// Whether personal data in texts is masked, as on pages that anybody can read.
    pub mask_personal: bool,
}

/// What was handed out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExportReport {
    /// The file, if it went into one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Samples.
    pub samples: u64,
}
