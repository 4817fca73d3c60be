use std::collections::HashSet;
use std::hash::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sayso::studio::{Studio, StudioError};
use sayso_core::Sha256;
use tokio::sync::Semaphore;

use super::deletions::Listed;
use super::share::Share;
use crate::ServerLimits;
use crate::refusal::Refusal;
use crate::registry::Buckets;

/// Where requests ask the studio.
#[derive(Clone)]
pub(crate) struct StudioDesk {
    studio: Arc<Studio>,
    pub(super) is_https: bool,
    /// What is done at once that blocks.
    places: Arc<Semaphore>,
    /// Sessions whose pictures are judged at once.
    pub(super) judges: Arc<Semaphore>,
    /// Forms with pictures that are taken in at once.
    pub(super) uploads: Arc<Semaphore>,
    /// Whose forms those are: one of each session.
    receiving: Arc<Mutex<HashSet<Sha256>>>,
    pub(super) patience: Duration,
    /// How long one picture may take to come.
    pub(super) picture_time: Duration,
    /// What each network did lately: in memory only.
    pub(super) shares: Arc<Mutex<Buckets<Share>>>,
    pub(super) networks: RandomState,
    pub(super) listed: Arc<Mutex<Listed>>,
}

/// Bytes of a form around its pictures, and around each.
const FORM_BYTES: u64 = 64 << 10;
const PART_BYTES: u64 = 1 << 10;

impl StudioDesk {
    pub(crate) fn new(studio: Studio, is_https: bool, limits: &ServerLimits) -> Self {
        let at_most = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Self {
            studio: Arc::new(studio),
            is_https,
            places: at_most(limits.questions.get()),
            judges: at_most(1),
            uploads: at_most(limits.pictures.get()),
            receiving: Arc::default(),
            patience: limits.answer_time,
            picture_time: limits.picture_time,
            shares: Arc::default(),
            networks: RandomState::new(),
            listed: Arc::default(),
        }
    }

    /// Bytes of a form with pictures.
    pub(crate) fn body_bytes(&self) -> usize {
        let limits = self.studio.limits();
        let around = FORM_BYTES.saturating_add(PART_BYTES.saturating_mul(limits.pictures as u64));
        usize::try_from(limits.session_bytes.saturating_add(around)).unwrap_or(usize::MAX)
    }

    /// The studio itself, for what does not block.
    pub(crate) fn studio(&self) -> &Studio {
        &self.studio
    }

    /// Does something that may block, a few at a time.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Studio) -> Result<T, StudioError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let waited = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        let place = waited.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
        let studio = Arc::clone(&self.studio);
        let working = tokio::task::spawn_blocking(move || {
            let _place = place;
            job(&studio)
        });
        Ok(working.await.map_err(|_| Refusal::Stopped)??)
    }

    /// Ends every session.
    pub(crate) async fn close(&self) {
        let studio = Arc::clone(&self.studio);
        let _ = tokio::task::spawn_blocking(move || studio.close()).await;
    }

    /// Has a session's pictures taken in, if none of it are already.
    pub(super) fn receive(&self, token: Sha256) -> Result<Receiving, Refusal> {
        let all = Arc::clone(&self.receiving);
        if !locked(&all).insert(token) {
            return Err(StudioError::Busy.into());
        }
        Ok(Receiving { all, token })
    }
}

/// A session whose pictures are on their way in.
pub(super) struct Receiving {
    all: Arc<Mutex<HashSet<Sha256>>>,
    token: Sha256,
}

impl Drop for Receiving {
    fn drop(&mut self) {
        locked(&self.all).remove(&self.token);
    }
}

pub(super) fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
