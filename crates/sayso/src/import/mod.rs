//! Datasets of other people become datasets of Sayso: tables, tars and folders of pairs of pictures and captions.
//!
//! The way is that of a build, whose second phase is the same: what is read goes into sorted runs, equal pairs fall next to
//! each other, and each is judged and written. Rows that make no pair are kept aside, with the reason.

mod aside;
#[cfg(feature = "cluster")]
mod cluster;
mod convert;
mod gather;
mod input;
mod lay_out;
mod layout;
mod options;
mod pictures;
mod plan;
mod read;
mod recognise;
mod report;
mod role;
mod row_texts;
mod run;
mod table;

pub use aside::AsideReason;
#[cfg(feature = "cluster")]
pub(crate) use cluster::functions;
#[cfg(feature = "cluster")]
pub use cluster::import_on;
pub use options::ImportOptions;
pub use report::{AsideCount, ImportReport, InputReport};
pub use role::{ColumnMap, Role};
pub use run::import;
