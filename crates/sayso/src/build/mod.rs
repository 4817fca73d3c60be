//! From a crawl to a dataset.
//!
//! Two phases, each bounded in memory whatever the size of the input:
//!
//! 1. **Extract**: the inputs are cut into blocks, all cores make record batches of candidate pairs of them, and the
//!    batches go to disk in sorted runs, with the place up to which the input was read.
//! 2. **Judge**: the runs are merged, equal pairs fall next to each other and become one, each is joined with what
//!    the crawl says of its site and picture, judged, and written as a sample or as an exclusion.
//!
//! Both can be killed at any moment. What a stage makes depends on its input alone, not on when it ran or on
//! how many threads: the same input gives the same bytes.

mod captions;
#[cfg(feature = "cluster")]
pub(crate) mod cluster;
mod complete;
mod extract;
mod facts;
mod input;
mod judge;
mod merge;
mod merge_runs;
mod options;
mod picture;
mod plan;
mod read_facts;
mod report;
mod run;
mod runs;
mod sitefile;
mod sitestore;
mod write;

pub(crate) use captions::Captions;
pub use captions::{CaptionOptions, NameList};
#[cfg(feature = "cluster")]
pub use cluster::{Grounds, build_on, cluster_functions};
pub(crate) use complete::{PlanReport, complete, finished};
pub(crate) use extract::BLOCK_BYTES;
pub(crate) use extract::Pool;
#[cfg(feature = "cluster")]
pub(crate) use extract::SITE_BYTES;
pub(crate) use facts::{Facts, licences_of};
pub(crate) use input::HttpInput;
#[cfg(feature = "cluster")]
pub(crate) use input::all_inputs;
pub use input::{InputFile, resolve_inputs};
pub(crate) use judge::{Decided, Judge, shown_columns};
pub(crate) use merge::{Merge, Merged};
pub(crate) use merge_runs::{FAN_IN, merge_runs, write_run};
pub use options::{BuildOptions, default_limits, set_limit};
pub(crate) use options::{Writing, WritingPlan};
#[cfg(feature = "cluster")]
pub(crate) use plan::digest;
pub(crate) use plan::{RunJournal, Workshop, digest_of};
pub(crate) use read_facts::{ReadFacts, TakeRow};
pub use report::{Progress, Report, Seconds, SetAside, Stage};
pub use run::build;
pub(crate) use runs::sorted;
pub use sayso_crawl::DamageCounts;
pub(crate) use sitefile::SiteFileRead;
#[cfg(feature = "cluster")]
pub(crate) use sitestore::{Row, merge_rows, write_rows};
pub(crate) use write::write;
