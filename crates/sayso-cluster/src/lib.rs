//! Functions over tables on many machines.
//!
//! A scheduler ([`Scheduler`]) hands out work, workers ([`Worker`]) do it, and a [`Cluster`] is who asks: in SQL, over tables of
//! Parquet files that all of them can read, with [`Function`]s of whoever uses this crate. Below is Apache DataFusion's
//! distributed engine, Ballista, which plans, schedules, shuffles and tries again; none of its types leave this crate.
//!
//! Whoever talks to a scheduler or a worker shows a [`Pass`]: the version that it is of, and that it knows the cluster's
//! secret. Another version or another secret is refused before anything of the request is read.

mod address;
mod client;
mod endpoint;
mod error;
mod function;
mod guard;
mod measured;
mod own_folder;
mod pass;
mod reach;
mod registered;
mod scheduler;
mod stores;
mod table;
mod worker;

pub use address::ClusterAddress;
pub use client::{Cluster, Question};
pub use error::ClusterError;
pub use function::{Failure, Function};
pub use own_folder::working_folder;
pub use pass::Pass;
pub use scheduler::{Scheduler, SchedulerOptions};
pub use table::{Table, read_table, write_table};
pub use worker::{Worker, WorkerOptions};
