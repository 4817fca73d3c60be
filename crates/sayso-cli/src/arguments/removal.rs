use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use sayso::takedown::ClaimsTaken;
use sayso_core::Uid;
use sayso_registry::claim::ClaimId;

use super::receipt::KeyAt;

/// What goes out of datasets, and because of which claims.
#[derive(Debug, Args)]
pub(crate) struct Takedown {
    /// The datasets. Each gets a new snapshot with the same shards, in which what was taken out is not found any more.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// The registry whose claims are carried out.
    #[arg(long, value_name = "PATH")]
    pub(crate) registry: PathBuf,
    /// Only this claim; may be given several times. If not given, all that were made or changed since the dataset was judged.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) claim: Vec<ClaimId>,
    /// Go through all claims, those included that the dataset was judged by: its pictures may have been fetched since.
    #[arg(long, conflicts_with = "claim")]
    pub(crate) all: bool,
    /// Which claims count: asserted, which are all that hold, or verified, which are those alone of which control was shown.
    #[arg(long, default_value = "asserted", value_name = "LEVEL")]
    pub(crate) claims: ClaimsTaken,
    /// Write a receipt for each sample that is taken out, one on each line: what its owner checks with `sayso verify`.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) receipt: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) key: KeyAt,
    /// Show what would go, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Receipts of what was taken out before.
#[derive(Debug, Args)]
pub(crate) struct Receipt {
    /// The dataset. The snapshot before must still be there: receipts cannot be made of what was purged.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The registry by whose claims it was taken out.
    #[arg(long, value_name = "PATH")]
    pub(crate) registry: PathBuf,
    /// Where the receipts go, one on each line; - for standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) out: PathBuf,
    /// Only of what this claim took out; may be given several times.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) claim: Vec<ClaimId>,
    /// Only of this sample; may be given several times.
    #[arg(long, value_name = "UID")]
    pub(crate) uid: Vec<Uid>,
    /// The snapshot that does not hold them any more; the last from which something was taken out if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) snapshot: Option<u64>,
    #[command(flatten)]
    pub(crate) key: KeyAt,
}

/// What is removed from disk.
#[derive(Debug, Args)]
pub(crate) struct Purge {
    /// The datasets.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// Threads for indexing; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory for indexing, in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
