use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sayso::matching::MAX_DISTANCE;
use sayso_core::Pdq;
use sayso_registry::claim::ClaimId;

use super::OnCluster;
use super::shared::ClaimSource;

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The dataset; of a summary and a portfolio several.
    #[arg(value_name = "DIR", required_unless_present_any = ["form_template", "check_summary"])]
    pub(crate) dirs: Vec<PathBuf>,
    /// What to report.
    #[arg(long, value_name = "KIND", default_value = "card")]
    pub(crate) kind: ReportKind,
    /// The file; standard output if not given. Charts of a Markdown card lie in a folder beside it.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// md, html or json; by the file's ending if not given, or else md, and json of a kind that has no other form.
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
    /// Of eu-summary: a file with what only the provider knows; see --form-template.
    #[arg(long, value_name = "FILE")]
    pub(crate) form: Option<PathBuf>,
    /// Of eu-summary: name as many domains as small and medium-sized providers have to.
    #[arg(long)]
    pub(crate) small_provider: bool,
    /// Print a form for eu-summary to fill in, and end.
    #[arg(long, exclusive = true)]
    pub(crate) form_template: bool,
    /// Look through a summary in JSON that somebody filed, and end: status 1 says that something is wrong with it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dirs", "out", "format", "form"])]
    pub(crate) check_summary: Option<PathBuf>,
    /// Of croissant: the address at which the dataset can be had.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Of croissant: how to cite the dataset.
    #[arg(long, value_name = "TEXT")]
    pub(crate) citation: Option<String>,
    /// Of croissant: the day on which the dataset was or will be published, such as 2026-07-31.
    #[arg(long, value_name = "DAY")]
    pub(crate) published: Option<String>,
    #[command(flatten)]
    pub(crate) elsewhere: OnCluster,
    #[command(flatten)]
    pub(crate) portfolio: PortfolioArguments,
}

/// What a portfolio's report is made of.
#[derive(Debug, Args)]
#[command(next_help_heading = "Of portfolio")]
pub(crate) struct PortfolioArguments {
    /// Your pictures: files, folders, tars, files of hashes, or - for one on standard input. Nothing of them leaves this machine.
    #[arg(long, value_name = "FOLDER|FILE", num_args = 1..)]
    pub(crate) pictures: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
    /// One more claim of yours, such as on your site, whose removals are told, too; may be given several times.
    #[arg(long, value_name = "NUMBER", requires = "registry")]
    pub(crate) claim: Vec<ClaimId>,
    /// Receipts of removal, one on each line.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "registry")]
    pub(crate) receipts: Vec<PathBuf>,
    /// The builder's key, as NAME+ID+KEY or a file with it: from the builder, not from whoever gave you the receipts. May be
    /// given several times. Without, no receipt holds.
    #[arg(long, value_name = "VKEY|FILE", requires = "receipts")]
    pub(crate) key: Vec<String>,
    /// In how many of 256 bits the hash of a copy may differ, up to 64; 31 if not given.
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_DISTANCE)))]
    pub(crate) distance: Option<u32>,
    /// How many copies of each picture are told, the nearest first; 100 if not given.
    #[arg(short = 'n', long, value_name = "NUMBER")]
    pub(crate) limit: Option<usize>,
    /// Threads that look; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
}

impl PortfolioArguments {
    /// In how many bits the hash of a copy may differ.
    pub(crate) fn distance(&self) -> u32 {
        self.distance.unwrap_or(Pdq::NEAR)
    }

    /// How many copies of a picture are told.
    pub(crate) fn limit(&self) -> usize {
        self.limit.unwrap_or(100)
    }
}

/// What a report is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportKind {
    /// A dataset card: where it comes from, what is in it, what was refused.
    Card,
    /// The public summary of training content that providers of general-purpose AI models owe the public in the Union.
    #[value(name = "eu-summary")]
    EuSummary,
    /// A description in Croissant, by which programs find and read the dataset.
    Croissant,
    /// For an artist: what of one's own pictures is found, what was claimed, what was removed, with receipts. Exit status: 0
    /// there is something to tell, 1 nothing, 2 an error, 3 something could not be read.
    Portfolio,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Markdown with a header in YAML.
    #[value(name = "md")]
    Markdown,
    /// One HTML file.
    Html,
    /// For programs.
    Json,
}
