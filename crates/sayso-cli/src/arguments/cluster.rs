//! What the roles of a cluster are asked.

use std::net::SocketAddr;
use std::num::NonZeroUsize;

use clap::{Args, Subcommand};

/// A cluster that does the work.
#[derive(Debug, Args)]
pub(crate) struct OnCluster {
    /// Have the work done by a cluster, whose scheduler is at df://HOST:PORT. Its machines need inputs and datasets at the
    /// same paths, and the same SAYSO_CLUSTER_SECRET in their environment.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) cluster: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Cluster {
    #[command(subcommand)]
    pub(crate) command: ClusterCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Hand out work to workers. SAYSO_CLUSTER_SECRET in the environment are words that all roles must know.
    Scheduler(ClusterScheduler),
    /// Start a scheduler and workers on this machine, for trying; Ctrl-C ends them all.
    Local(ClusterLocal),
}

#[derive(Debug, Args)]
pub(crate) struct ClusterScheduler {
    /// Where it listens. Anything but this machine alone needs a secret.
    #[arg(long, default_value = "127.0.0.1:50050", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// For how many seconds a worker may say nothing until its work is given to others; workers speak every five seconds.
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(8..=3600))]
    pub(crate) patience: u64,
    /// Hand out numbers for Prometheus at http://ADDRESS:PORT/metrics. Anything but this machine alone needs a secret.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics: Option<SocketAddr>,
    /// End when standard input does.
    #[arg(long, hide = true)]
    pub(crate) with_parent: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ClusterLocal {
    /// How many workers.
    #[arg(value_name = "NUMBER")]
    pub(crate) workers: NonZeroUsize,
    /// The port of the scheduler; 0 for any that is free.
    #[arg(long, default_value_t = 50050, value_name = "PORT")]
    pub(crate) port: u16,
    /// How many things each worker does at once.
    #[arg(long, default_value = "1", value_name = "NUMBER")]
    pub(crate) slots: NonZeroUsize,
}

#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// The scheduler that it works for, as df://HOST:PORT or HOST:PORT.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) scheduler: String,
    /// How many things it does at once; as many as there are cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) slots: Option<NonZeroUsize>,
    /// Where it hands out what it shuffles; with port 0 on any that is free. Anything but this machine alone needs a secret.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// The name or address by which others reach it, where that is not what it listens on.
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// For how many seconds a scheduler is waited for that does not answer yet.
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub(crate) patience: u64,
    /// Hand out numbers for Prometheus at http://ADDRESS:PORT/metrics. Anything but this machine alone needs a secret.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics: Option<SocketAddr>,
    /// End when standard input does.
    #[arg(long, hide = true)]
    pub(crate) with_parent: bool,
}
