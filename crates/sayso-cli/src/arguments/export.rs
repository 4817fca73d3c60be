use std::path::PathBuf;

use clap::Args;
use sayso::export::ExportFormat;

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The datasets.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// The query whose hits are wanted, as `search` takes it, such as "licence:cc-by verdict:allowed"; all samples if not
    /// given.
    #[arg(short, long, value_name = "QUERY")]
    pub(crate) query: Option<String>,
    /// The file; standard output if not given.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// csv, tsv, jsonl, parquet or urls; by the file's ending if not given, or else csv.
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<ExportFormat>,
    /// Write what another program needs to index the samples, into the folder that -o names: quickwit (its index
    /// configuration, and a document a line).
    #[arg(long, value_name = "PROGRAM", requires = "out", conflicts_with_all = ["format", "columns"])]
    pub(crate) to: Option<ExportTo>,
    /// The columns, such as url,caption for img2dataset; all but the features if not given.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Samples at most.
    #[arg(long, value_name = "NUMBER", default_value_t = u64::MAX, hide_default_value = true)]
    pub(crate) limit: u64,
    /// Mask personal data in captions and other texts, as the pages do.
    #[arg(long)]
    pub(crate) mask_personal: bool,
}

/// Programs that an export is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportTo {
    /// Quickwit, a search engine over object stores.
    Quickwit,
}
