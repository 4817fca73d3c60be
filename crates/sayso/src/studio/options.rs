use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sayso_core::Policy;

use crate::online::Clock;

/// How a studio works. All is explicit: there is no `Default`.
#[derive(Debug, Clone)]
pub struct StudioOptions {
    /// The folder of all sessions, which nothing else uses. It is made where it is not there, for its owner alone.
    pub folder: PathBuf,
    /// The registry on whose log deletions are written, and whose claims count.
    pub registry: PathBuf,
    /// What counts as a yes.
    pub policy: Policy,
    /// Lists of names, and datasets, by which nothing is called.
    pub names: Vec<PathBuf>,
    /// How long things are kept.
    pub keeping: Keeping,
    /// How much anybody may bring and have made.
    pub limits: StudioLimits,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// How long a session's things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// At the latest then they are deleted.
    pub most: Duration,
    /// And before that when nobody came for so long; `None` where they are kept until the time is over.
    pub idle: Option<Duration>,
}

/// The limits of a studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudioLimits {
    /// Pictures that a session may hold.
    pub pictures: usize,
    /// Bytes of one picture.
    pub picture_bytes: u64,
    /// Bytes of all pictures that are brought.
    pub session_bytes: u64,
    /// Sessions that are open at once.
    pub sessions: usize,
    /// Sessions of one network that are open at once.
    pub from_network: usize,
    /// Pictures that are decoded at once to be judged, in all sessions together: each may take as much memory as a picture's limits allow.
    pub judged_at_once: NonZeroUsize,
    /// Trainings and drawings that wait for their turn.
    pub waiting: usize,
    /// Steps of a training.
    pub steps: usize,
    /// Pictures that a session may have made.
    pub made: usize,
}

/// Characters of a title, of a caption or prompt, and of a name.
pub(super) const TITLE_CHARS: usize = 80;
pub(super) const PROMPT_CHARS: usize = 400;
pub(super) const NAME_CHARS: usize = 120;
