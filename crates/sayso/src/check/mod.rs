//! May these pictures be used? Answered from the pictures' own files and what lies beside them, without network.

mod ask;
mod moved;
mod sidecar;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sayso_consent::embedded::{Embedded, read_embedded};
use sayso_consent::judge;
use sayso_core::{Decision, Policy, Subject, Verdict};

pub use ask::{AskSite, Asked};
pub use moved::{Moved, move_refused};
pub use sidecar::Sidecar;

use crate::Error;
use crate::signals::{EMBEDDED_LIMITS, SourceKind, find, read_into};

/// What to check for, and how.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// The policy and purpose.
    pub policy: Policy,
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// Bytes of a file that are read.
    pub file_bytes: u64,
}

/// A picture and the answer to whether it may be used.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The picture's file.
    pub path: PathBuf,
    /// The verdict.
    pub verdict: Verdict,
    /// What the policy makes of it.
    pub decision: Decision,
    /// Who made the picture, by its own metadata.
    pub creator: Option<String>,
    /// The rights that its metadata state.
    pub rights: Option<String>,
    /// The licence that its metadata lead to.
    pub licence: Option<String>,
    /// What lies beside it.
    pub sidecar: Sidecar,
}

/// Everything that was checked.
#[derive(Debug, Clone)]
pub struct CheckReport {
    /// The pictures, in the order of their paths.
    pub checked: Vec<Checked>,
    /// Files that are no pictures.
    pub others: u64,
}

impl CheckReport {
    /// How many pictures the policy refuses.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.checked.iter().filter(|checked| checked.decision == Decision::Refused).count()
    }
}

/// Checks the pictures at `paths`, and in folders. `progress` is told how many of how many are done.
pub fn check(
    paths: &[PathBuf],
    options: &CheckOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<CheckReport, Error> {
    let (found, mut others) = find(paths)?;
    let pictures: Vec<PathBuf> =
        found.iter().filter(|file| file.kind == SourceKind::Picture).map(|file| file.path.clone()).collect();
    others += (found.len() - pictures.len()) as u64;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new(Vec::with_capacity(pictures.len()));
    std::thread::scope(|scope| {
        for _ in 0..options.threads.get() {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                while let Some(path) = pictures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if interrupt.load(Ordering::Relaxed) {
                        return;
                    }
                    let checked = check_one(path.clone(), options, &mut buffer);
                    let is_error = checked.is_err();
                    results.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(checked);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, pictures.len());
                    if is_error {
                        return;
                    }
                }
            });
        }
    });
    if interrupt.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    let results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut checked = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    checked.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(CheckReport { checked, others })
}

fn check_one(path: PathBuf, options: &CheckOptions, buffer: &mut Vec<u8>) -> Result<Checked, Error> {
    read_into(&path, options.file_bytes, buffer)?;
    let Embedded { statements, creator, rights, licence, .. } = read_embedded(buffer, &EMBEDDED_LIMITS);
    let sidecar = Sidecar::of(&path)?;
    let url = sidecar.url.clone().unwrap_or_default();
    let verdict = judge(&Subject { url: &url, page_url: "" }, &statements, None, &options.policy);
    let decision = options.policy.decide(&verdict);
    Ok(Checked { path, verdict, decision, creator, rights, licence, sidecar })
}
