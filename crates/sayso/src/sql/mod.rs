//! Questions in SQL to datasets: the command's, and those of a server, which has each worked on by a process of its own.

mod csv;
#[cfg(feature = "cluster")]
mod on_cluster;
mod open;
mod worker;

pub use sayso_sql::{IS_BUILT, Rows, SqlColumn, SqlDataset, SqlError, SqlLimits, SqlTable, Told, ask};

pub use crate::captions::mask;
pub use csv::{write_csv_header, write_csv_row};
#[cfg(feature = "cluster")]
pub use on_cluster::ask_on;
pub use open::{open_datasets, tables_of};
pub use worker::{WorkerAnswer, WorkerFault, WorkerQuestion, WorkerRows, work};
