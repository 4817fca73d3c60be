use std::path::PathBuf;

use clap::Args;

use super::OnCluster;

#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// One or several datasets, and then the question, or - to read it from standard input. Names without a dot are tables of
    /// the first dataset; those of another are "folder".samples. Without a question the tables and their columns are listed.
    #[arg(required = true, value_name = "DIR... [QUESTION]")]
    pub(crate) paths: Vec<PathBuf>,
    /// Rows at most.
    #[arg(long, default_value_t = 1_000, value_name = "NUMBER")]
    pub(crate) limit: u64,
    /// Print one JSON document: the columns, and the rows as lists of values.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print CSV, in which nothing stands for null and "" for empty text.
    #[arg(long)]
    pub(crate) csv: bool,
    /// Seconds that the question may take.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
    /// Memory for what the question has to hold at once, in MiB.
    #[arg(long, default_value_t = 512, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub(crate) memory: u64,
    #[command(flatten)]
    pub(crate) elsewhere: OnCluster,
    /// Answer in this process: how the command runs itself.
    #[arg(long, hide = true)]
    pub(crate) unguarded: bool,
}

/// How a server has a question worked on.
#[derive(Debug, Args)]
pub(crate) struct SqlWorker {
    /// Memory for what the question has to hold at once, in bytes.
    #[arg(long)]
    pub(crate) memory_bytes: usize,
}
