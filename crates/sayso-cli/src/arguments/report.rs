use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The dataset.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// What to report.
    #[arg(long, value_name = "KIND", default_value = "card")]
    pub(crate) kind: ReportKind,
    /// The file; standard output if not given. Charts of a Markdown card lie in a folder beside it.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// md or html; by the file's ending if not given, or else md.
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<ReportFormat>,
    /// The dataset's title; the name of its folder if not given.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// A text file that says what the dataset is and what for; in a Markdown card it is Markdown.
    #[arg(long, value_name = "FILE")]
    pub(crate) about: Option<PathBuf>,
    /// Where to write to, to have something taken out.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) contact: Option<String>,
    /// The licence of the table itself, such as cc-by-4.0.
    #[arg(long, value_name = "NAME")]
    pub(crate) licence: Option<String>,
    /// Print what is known of the dataset as JSON.
    #[arg(long, conflicts_with_all = ["out", "format"])]
    pub(crate) json: bool,
}

/// What a report is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportKind {
    /// A dataset card: where it comes from, what is in it, what was refused.
    Card,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Markdown with a header in YAML.
    #[value(name = "md")]
    Markdown,
    /// One HTML file.
    Html,
}
