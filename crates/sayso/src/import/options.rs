use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use sayso_core::{Limits, Policy};

use super::role::ColumnMap;
use crate::build::{CaptionOptions, Writing};
use crate::claims::Ground;
use crate::takedown::KeptOut;

/// Everything that decides what an import makes, and how.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Tables, tars, folders of them, and http(s) addresses of tables and tars.
    pub inputs: Vec<String>,
    /// The dataset's folder.
    pub out: PathBuf,
    /// Which column is what, where somebody says so.
    pub map: ColumnMap,
    /// Whether any table will do, one without addresses and captions, too: each row is a sample then, found by its texts.
    pub as_table: bool,
    /// Whether the first line of a table in text names its columns; found out where nobody says.
    pub header: Option<bool>,
    /// The policy and purpose. An imported pair comes without signals, but for those inside its picture.
    pub policy: Policy,
    /// The agent under whose name signals are judged.
    pub agent: String,
    /// Limits on what is read.
    pub limits: Limits,
    /// Threads that work on rows.
    pub threads: NonZeroUsize,
    /// Memory for pairs that wait to be written to a run.
    pub memory_bytes: usize,
    /// Samples in a shard.
    pub shard_rows: u64,
    /// Whether pictures at hand get features, by which parts of them are found.
    pub features: bool,
    /// What is looked for in captions.
    pub captions: CaptionOptions,
    /// The claims of a registry that are judged by; none are without.
    pub registry: Option<Arc<Ground>>,
    /// What was taken out of other datasets, and stays out of this one.
    pub kept_out: Option<Arc<KeptOut>>,
}

impl ImportOptions {
    pub(super) fn writing(&self) -> Writing<'_> {
        let Self {
            out, policy, agent, limits, threads, memory_bytes, shard_rows, captions, registry, kept_out, ..
        } = self;
        Writing {
            out,
            policy,
            agent,
            limits: *limits,
            threads: *threads,
            memory_bytes: *memory_bytes,
            shard_rows: *shard_rows,
            captions,
            registry: registry.as_ref(),
            kept_out: kept_out.as_ref(),
        }
    }
}
