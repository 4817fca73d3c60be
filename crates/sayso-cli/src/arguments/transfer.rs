//! What is asked of datasets that are sent.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

/// A dataset that is fetched.
#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// Where it is, such as s3://bucket/my-dataset.
    #[arg(value_name = "ADDRESS")]
    pub(crate) from: String,
    /// The folder that it comes to lie in.
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Threads for indexing; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory for indexing, in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Print what was done as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A dataset that is sent.
#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The dataset.
    #[arg(value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// Where it comes to lie, such as s3://bucket/my-dataset.
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: String,
    /// Print what was done as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
