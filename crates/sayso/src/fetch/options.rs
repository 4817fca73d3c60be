use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sayso_core::Timestamp;

use super::keep::KeepOptions;
use super::kind::FetchKind;
use crate::online::Online;

/// Which pictures to fetch, and how.
#[derive(Debug, Clone)]
pub struct FetchOptions {
    /// The dataset's folder.
    pub dir: PathBuf,
    /// Who asks the sites: their agent, contact, pause, and whose private addresses may be asked.
    pub online: Arc<Online>,
    /// How hosts are asked for pictures.
    pub manners: Manners,
    /// Limits on what is read.
    pub limits: FetchLimits,
    /// Whether features are taken of pictures, by which parts of them are known again.
    pub features: bool,
    /// Threads that decode.
    pub threads: NonZeroUsize,
    /// Memory for rows that wait for their turn, and for the indexes.
    pub memory_bytes: usize,
    /// What is kept of the pictures themselves; `None` to keep facts alone.
    pub keep: Option<KeepOptions>,
    /// Samples that are worked on and kept together, as one shard.
    pub part_rows: NonZeroUsize,
}

/// How hosts are asked for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Requests to one host at the same time, each of which is followed by the pause.
    pub connections: NonZeroUsize,
    /// Hosts that are asked at the same time.
    pub hosts: NonZeroUsize,
    /// How often a picture is asked for again that could not be had for the moment.
    pub retries: u32,
    /// The rest before a host is asked again that could not answer; it doubles each time. A host may ask for a longer one.
    pub back_off: Duration,
    /// How long what was fetched counts without asking again.
    pub max_age: Duration,
}

impl Manners {
    /// Whether what became of a picture at some time is young enough to count.
    pub(super) fn is_fresh(&self, kind: FetchKind, at: Timestamp, now: Timestamp) -> bool {
        let age = now.as_micros().saturating_sub(at.as_micros());
        let max_age = i64::try_from(self.max_age.as_micros()).unwrap_or(i64::MAX);
        !kind.is_passing() && (0..max_age).contains(&age)
    }
}

/// Limits on what is read of pictures. There is no `Default`: whoever reads foreign bytes says how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Bytes of a picture's file.
    pub picture_bytes: u64,
    /// Pixels of the whole picture.
    pub area_pixels: u64,
    /// Pixels of the longer side.
    pub side_pixels: u32,
    /// The time for one request, from looking up the name to the end of the body.
    pub timeout: Duration,
}

/// The longest time that a host is waited for because it asks for it; longer ones mean that nobody should come today.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(300);
