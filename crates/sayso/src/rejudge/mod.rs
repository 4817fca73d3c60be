//! Old lists judged anew: a dataset's samples under another policy, for another purpose, or against what the files of
//! their sites say by now.
//!
//! What a site said when its page was captured keeps counting, and what newer crawls say counts beside it. So judging
//! anew refuses what has been reserved since, and never takes an old reservation back. Pairs that were refused before
//! stay refused: nothing but their digests was kept.

mod asked;
#[cfg(feature = "cluster")]
mod cluster;
mod options;
mod report;
mod rows;
mod run;
mod shard;

#[cfg(feature = "cluster")]
pub(crate) use cluster::function;
#[cfg(feature = "cluster")]
pub use cluster::rejudge_on;
pub use options::RejudgeOptions;
pub use report::RejudgeReport;
pub(crate) use rows::{KnownColumns, is_same, rule};
pub(crate) use run::{Judged, STAGE, publish};
pub use run::{agent_of, policy_of, rejudge};
