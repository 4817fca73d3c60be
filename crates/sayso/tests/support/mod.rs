//! What several tests need: a build in a fresh folder, and the folder of anchor files.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr, reason = "shared by tests that each use a part")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sayso::Error;
use sayso::build::{BuildOptions, Report, build, default_limits};
use sayso_core::{Policy, PolicyName, Purpose, Sample, UsageCategory};
use sayso_dataset::Dataset;

pub(crate) fn options(inputs: &[&Path], out: &Path, policy: PolicyName) -> BuildOptions {
    BuildOptions {
        inputs: inputs.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
        robots: Vec::new(),
        prefix: None,
        out: out.to_owned(),
        policy: Policy::new(policy, Purpose(UsageCategory::TrainGenai)),
        agent: "sayso".to_owned(),
        limits: default_limits(),
        threads: NonZeroUsize::new(2).unwrap(),
        memory_bytes: 64 << 20,
        shard_rows: 1_000_000,
        captions: sayso::build::CaptionOptions::default(),
        registry: None,
        kept_out: None,
        features: true,
    }
}

pub(crate) fn run(options: &BuildOptions) -> Result<Report, Error> {
    build(options, &AtomicBool::new(false), &|_| {})
}

/// Every sample of a dataset, in the order of its shards.
pub(crate) fn samples(dir: &Path) -> Vec<Sample> {
    let dataset = Dataset::open(dir).unwrap();
    let mut places = Vec::new();
    for (shard, entry) in (0..).zip(&dataset.manifest().samples) {
        places.extend((0..u32::try_from(entry.rows).unwrap()).map(|row| (shard, row)));
    }
    dataset.samples_at(&places).unwrap()
}

/// The bytes of everything that belongs to the snapshot, by name: shards, exclusions, manifest.
pub(crate) fn snapshot_bytes(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let manifest = Dataset::open(dir).unwrap().manifest().clone();
    let files = manifest.samples.iter().chain(&manifest.exclusions).map(|entry| entry.file.clone());
    let names = files.chain(["CURRENT".to_owned(), "manifest-000001.json".to_owned()]);
    names.map(|name| (name.clone(), std::fs::read(dir.join(name)).unwrap())).collect()
}

/// The folder of files that nobody here wrote; `None`, and a word about it, where it is missing.
pub(crate) fn anchors() -> Option<PathBuf> {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let anchors = shared.join("anchors");
    if anchors.is_dir() {
        return Some(anchors);
    }
    eprintln!("skipped: no shared anchors");
    None
}
