//! A build on many machines.
//!
//! It is the same build: the functions of this folder call what a build on one machine calls, on a part of the work, and
//! lay what comes of it where all machines can read it. What goes from machine to machine by the engine is small:
//!
//! 1. **Extract** (`extract.rs`): one crawl file becomes a sorted run of candidate pairs, with facts about sites beside it.
//!    Of more than a few, neighbours' runs are merged into one (`gather.rs`).
//! 2. **Judge** (`judge.rs`): one range of the pool's order is merged out of all runs, equal pairs become one, and each is
//!    judged. Where to cut is asked in SQL (`ranges.rs`); it changes nothing in the result.
//! 3. **Write** (`write.rs`): one shard is cut out of the judged ranges, where the build on one machine cuts it.
//!
//! Everything is written beside and renamed when it is whole, under a name that follows from what it is. So a task that
//! runs twice writes the same bytes to the same place, and a build that is started again finds what is finished.
//! Whoever drives (`drive.rs`) commits the snapshot, once.

pub(crate) mod destination;
mod drive;
mod extract;
mod gather;
mod harm;
mod job;
mod judge;
mod judging;
mod opened;
mod part;
mod pooled;
mod ranges;
mod rounds;
mod sites;
mod storage;
mod tasks;
mod watch;
mod write;

use sayso_cluster::{Failure, Function};

pub use self::drive::build_on;
pub(crate) use self::drive::{Drive, Shown, manifest_of};
pub(crate) use self::extract::{KEYS, PAIRS, SITES, lay_pairs};
pub(crate) use self::harm::{Attempt, attempt, attempt_shard};
pub use self::job::Grounds;
pub(crate) use self::job::{Job, Settings};
pub(crate) use self::judging::ToRange;
pub(crate) use self::opened::opened;
pub(crate) use self::rounds::{OfInput, set_aside};
pub(crate) use self::sites::{ALL_SITES, ToMerge};
pub(crate) use self::storage::Storage;
pub(crate) use self::write::append_exclusions;
use crate::Error;

/// The functions that the scheduler, the workers and whoever builds have to know.
#[must_use]
pub fn cluster_functions() -> Vec<Function> {
    let mut functions = vec![
        Function { name: EXTRACT, label: extract::label, call: extract::call },
        Function { name: GATHER, label: gather::label, call: gather::call },
        Function { name: MERGE_SITES, label: sites::label, call: sites::call },
        Function { name: JUDGE, label: judge::label, call: judge::call },
        Function { name: WRITE, label: write::label, call: write::call },
    ];
    functions.extend(crate::import::functions());
    functions.push(crate::rejudge::function());
    functions.push(crate::summary::function());
    functions.extend(crate::fetch::functions());
    functions
}

const EXTRACT: &str = "sayso_extract";
const GATHER: &str = "sayso_gather";
pub(crate) const MERGE_SITES: &str = "sayso_merge_sites";
const JUDGE: &str = "sayso_judge";
const WRITE: &str = "sayso_write";

/// What another try may change: trouble with storage. Everything else stays as it is, whoever tries.
pub(crate) fn failure(error: &Error) -> Failure {
    match error {
        Error::File { .. } | Error::Dataset(_) | Error::Storage(_) => Failure::Again(error.to_string()),
        _ => Failure::Never(error.to_string()),
    }
}

/// What stands in a text that one of us wrote.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_str(text).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?)
}

pub(crate) fn written<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    Ok(serde_json::to_string(value).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?)
}
