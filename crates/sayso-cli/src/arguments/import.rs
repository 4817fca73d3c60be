use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sayso::import::ColumnMap;
use sayso_core::Purpose;

use super::shared::ClaimSource;
use super::{CaptionArguments, FeaturesWhat, OnCluster, limit};
use sayso::policy::PolicyChoice;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Tables of addresses and captions (Parquet, CSV, TSV, JSON Lines, JSON; .gz or .zst behind the last four), tars and
    /// folders of pictures with their captions, folders of all that, and http(s) addresses of tables and tars.
    #[arg(required = true)]
    pub(crate) inputs: Vec<String>,
    /// The folder of the dataset; with --cluster also an address in an object store, such as s3://bucket/my-dataset.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Which column is what, such as url=IMAGE_LINK,caption=ALT. Roles are url, caption, page_url, creator, licence, width,
    /// height, sha256, pdq, language, similarity, punsafe, pwatermark and aesthetic; known by usual names if not given.
    #[arg(long, value_name = "ROLE=COLUMN,...", default_value = "", hide_default_value = true)]
    pub(crate) map: ColumnMap,
    /// pairs of addresses and captions, or table: any table at all, each row of it a sample that its texts lead to, with its
    /// columns counted.
    #[arg(long = "as", value_name = "WHAT", default_value = "pairs")]
    pub(crate) kind: ImportKind,
    /// The first line of a table in text names its columns. Found out if neither is given.
    #[arg(long, conflicts_with = "no_header")]
    pub(crate) header: bool,
    /// The first line of a table in text is a row; its columns are column1, column2 and so on.
    #[arg(long)]
    pub(crate) no_header: bool,
    /// The use that is judged: search, data-mining, train-ai, train-genai, fine-tune or ai-input.
    #[arg(long, default_value = "train-genai")]
    pub(crate) purpose: Purpose,
    /// What is refused: record refuses nothing, opt-out what is reserved, strict what is unknown, too, opt-in all that is
    /// not granted. Or a policy file of one's own. Tables say nothing of anybody's wishes: `sayso judge` asks the sites.
    #[arg(long, default_value = "record", value_name = "NAME|FILE")]
    pub(crate) policy: PolicyChoice,
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
    /// Datasets of which tombstones are taken over: what was taken out there stays out here.
    #[arg(long, value_name = "DIR")]
    pub(crate) tombstones: Vec<PathBuf>,
    /// The agent whose groups in robots.txt count beside `*`.
    #[arg(long, default_value = "sayso", value_name = "TOKEN")]
    pub(crate) agent: String,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory for pairs that wait to be written, in MiB.
    #[arg(long, default_value_t = 192, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Samples in a shard.
    #[arg(long, default_value_t = 1_000_000, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) shard_rows: u64,
    /// By what parts of pictures at hand are known again: keypoints or none, which takes less time.
    #[arg(long, default_value = "keypoints", value_name = "WHAT")]
    pub(crate) features: FeaturesWhat,
    #[command(flatten)]
    pub(crate) captions: CaptionArguments,
    /// Raise or lower a limit on what is read, such as caption-bytes=131072; may be given several times.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,
    #[command(flatten)]
    pub(crate) elsewhere: OnCluster,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a table is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportKind {
    /// Addresses of pictures and their captions.
    Pairs,
    /// Rows of any kind.
    Table,
}
