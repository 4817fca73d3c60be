use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_core::{Limits, OwnRules, Policy, PolicyName, Purpose, RegistryHead};
use serde::Serialize;

use super::captions::CaptionOptions;
use crate::claims::Ground;
use crate::takedown::KeptOut;

/// Everything that decides what a build makes, and how.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Crawl files, folders, addresses, lists, `-`.
    pub inputs: Vec<String>,
    /// Crawl files of which only the robots.txt records are read.
    pub robots: Vec<String>,
    /// What is put before each line of a list.
    pub prefix: Option<String>,
    /// The dataset's folder.
    pub out: PathBuf,
    /// The policy and purpose.
    pub policy: Policy,
    /// The builder's agent, whose groups in robots.txt count beside `*`.
    pub agent: String,
    /// Limits on what is read.
    pub limits: Limits,
    /// Whether features are taken of the pictures in a crawl, by which parts of them are known again.
    pub features: bool,
    /// Threads that work on blocks.
    pub threads: NonZeroUsize,
    /// Memory for pairs that wait to be written to a run.
    pub memory_bytes: usize,
    /// Samples in a shard.
    pub shard_rows: u64,
    /// What is looked for in captions.
    pub captions: CaptionOptions,
    /// The claims of a registry that are judged by; none are without.
    pub registry: Option<Arc<Ground>>,
    /// What was taken out of other datasets, and stays out of this one.
    pub kept_out: Option<Arc<KeptOut>>,
}

impl BuildOptions {
    pub(crate) fn writing(&self) -> Writing<'_> {
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

/// What judging and writing need to know, wherever the pairs come from.
pub(crate) struct Writing<'a> {
    pub(crate) out: &'a Path,
    pub(crate) policy: &'a Policy,
    pub(crate) agent: &'a str,
    pub(crate) limits: Limits,
    pub(crate) threads: NonZeroUsize,
    pub(crate) memory_bytes: usize,
    pub(crate) shard_rows: u64,
    pub(crate) captions: &'a CaptionOptions,
    pub(crate) registry: Option<&'a Arc<Ground>>,
    pub(crate) kept_out: Option<&'a Arc<KeptOut>>,
}

/// What of that decides the bytes of the result.
#[derive(Serialize)]
pub(crate) struct WritingPlan<'a> {
    purpose: Purpose,
    policy: PolicyName,
    #[serde(skip_serializing_if = "Option::is_none")]
    own_rules: Option<&'a OwnRules>,
    agent: &'a str,
    limits: Limits,
    shard_rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    captions: Option<(Option<&'a str>, bool)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry_head: Option<&'a RegistryHead>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_out: Option<String>,
}

impl<'a> Writing<'a> {
    pub(crate) fn plan(&self) -> WritingPlan<'a> {
        WritingPlan {
            purpose: self.policy.purpose,
            policy: self.policy.name,
            own_rules: self.policy.own.as_deref(),
            agent: self.agent,
            limits: self.limits,
            shard_rows: self.shard_rows,
            captions: self.captions.of_plan(),
            registry_head: self.registry.map(|registry| registry.head()),
            kept_out: self.kept_out.and_then(|kept_out| kept_out.digest()),
        }
    }
}

/// The limits that the command starts from.
#[must_use]
pub const fn default_limits() -> Limits {
    Limits {
        record_bytes: 32 << 20,
        header_bytes: 1 << 20,
        payload_bytes: 32 << 20,
        inflation_ratio: 1032,
        page_links: 10_000,
        caption_bytes: 64 << 10,
        url_bytes: 64 << 10,
        attribute_bytes: 1 << 20,
        signal_bytes: 4 << 10,
        robots_bytes: 500 << 10,
    }
}

/// Sets the limit of this name, as the flag `--limit NAME=NUMBER` does.
pub fn set_limit(limits: &mut Limits, name: &str, value: u64) -> Result<(), sayso_core::UnknownName> {
    let slots: [(&str, &mut u64); 10] = [
        ("record-bytes", &mut limits.record_bytes),
        ("header-bytes", &mut limits.header_bytes),
        ("payload-bytes", &mut limits.payload_bytes),
        ("inflation-ratio", &mut limits.inflation_ratio),
        ("page-links", &mut limits.page_links),
        ("caption-bytes", &mut limits.caption_bytes),
        ("url-bytes", &mut limits.url_bytes),
        ("attribute-bytes", &mut limits.attribute_bytes),
        ("signal-bytes", &mut limits.signal_bytes),
        ("robots-bytes", &mut limits.robots_bytes),
    ];
    let known = slots.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    for (slot_name, slot) in slots {
        if slot_name == name {
            *slot = value;
            return Ok(());
        }
    }
    Err(sayso_core::UnknownName { what: "limit", given: name.to_owned(), known })
}
