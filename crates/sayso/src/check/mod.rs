//! May these pictures be used? Answered from the pictures' own files, from what lies beside them, and from their sites
//! if somebody is there to ask them.

mod ask;
pub(crate) mod checked;
pub(crate) mod draft;
mod fault;
mod hosts;
mod json;
mod moved;
mod run;
pub(crate) mod sidecar;
pub(crate) mod source;
mod subject;
mod summary;
mod thumbnail;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use sayso_core::Policy;

use crate::claims::Ground;
pub use ask::{AskSite, Asked};
pub use checked::Checked;
pub use fault::{Fault, FaultCount, FaultKind, Faults};
pub use json::{CHECK_JSON_VERSION, check_json, checked_json, decision_word, summary_json};
pub use moved::{MoveReport, Moved, move_refused};
pub use run::{CheckProgress, check};
pub use source::{CheckInput, TableColumns};
pub use subject::Origin;
pub use summary::CheckSummary;
pub(crate) use thumbnail::thumbnail_of;
pub use thumbnail::{THUMBNAIL_SIDE, Thumbnail, thumbnails};

/// Bytes of a picture's file that are read unless somebody says otherwise: metadata may stand at its end.
pub const CHECK_FILE_BYTES: u64 = 256 << 20;

/// What to check for, and how.
#[derive(Clone)]
pub struct CheckOptions {
    /// The policy and purpose.
    pub policy: Policy,
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// Bytes of a file that are read.
    pub file_bytes: u64,
    /// The columns of tables.
    pub columns: TableColumns,
    /// Who asks sites; nobody is asked without.
    pub ask: Option<Arc<dyn AskSite + Send>>,
    /// The claims of a registry; none count without.
    pub registry: Option<Arc<Ground>>,
    /// How many hosts are asked at the same time. Waiting costs nothing but memory, so there may be many more than cores.
    pub askers: NonZeroUsize,
}

impl fmt::Debug for CheckOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, threads, file_bytes, columns, ask, registry, askers } = self;
        f.debug_struct("CheckOptions")
            .field("policy", policy)
            .field("threads", threads)
            .field("file_bytes", file_bytes)
            .field("columns", columns)
            .field("asks", &ask.is_some())
            .field("registry", &registry.as_ref().map(|registry| registry.head()))
            .field("askers", askers)
            .finish()
    }
}
