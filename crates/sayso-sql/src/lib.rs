//! Read-only SQL over the tables of datasets.
//!
//! [`ask`] runs one question over [`SqlDataset`]s, within [`SqlLimits`], and hands its rows to a [`Rows`] as they come. Only
//! questions are answered: whatever would write, set or name a file is refused before it is planned, there is no table but
//! those of the datasets, and no function that reads anything else.
//!
//! Without the feature `sql` all of this is there but the engine, and [`ask`] says so.

#[cfg(feature = "sql")]
mod ask;
#[cfg(not(feature = "sql"))]
#[path = "ask_left_out.rs"]
mod ask;
mod columns;
#[cfg(feature = "sql")]
mod engine;
mod error;
mod limits;
mod rows;
mod tables;

pub use ask::ask;
pub use columns::{SqlColumn, kind_of};
#[cfg(feature = "sql")]
pub use engine::{Answer, check_rows};
pub use error::SqlError;
pub use limits::SqlLimits;
pub use rows::{Rows, Told};
pub use tables::{Mask, SqlDataset, SqlTable};

/// Whether the engine was built in.
pub const IS_BUILT: bool = cfg!(feature = "sql");
