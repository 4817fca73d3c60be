use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use sayso_core::{Limits, Policy};

use crate::claims::Ground;
use crate::online::Online;

/// What to judge anew, and how.
#[derive(Debug, Clone)]
pub struct RejudgeOptions {
    /// The dataset's folder.
    pub dir: PathBuf,
    /// The policy and purpose of the new snapshot.
    pub policy: Policy,
    /// Crawl files in which the sites' files are read: robots.txt, tdmrep.json, ai.txt, RSL.
    pub robots: Vec<String>,
    /// Who asks the sites what their files say now; nobody is asked without.
    pub online: Option<Arc<Online>>,
    /// The claims of a registry that are judged by, in place of those that were before; `None` to leave those.
    pub registry: Option<Arc<Ground>>,
    /// What is put before each line of a list.
    pub prefix: Option<String>,
    /// Limits on what is read.
    pub limits: Limits,
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// Memory for the indexes.
    pub memory_bytes: usize,
    /// Whether to count only, and make no snapshot.
    pub dry_run: bool,
}
