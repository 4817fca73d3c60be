use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sayso::studio::{Studio, StudioError};
use sayso_registry::entry::Deletion;
use tokio::sync::Semaphore;

use crate::ServerLimits;
use crate::refusal::Refusal;
use crate::registry::RegistryDesk;

/// Where requests ask the studio.
#[derive(Clone)]
pub(crate) struct StudioDesk {
    studio: Arc<Studio>,
    pub(super) is_https: bool,
    /// Checks of pictures that are made at once.
    places: Arc<Semaphore>,
    /// Forms with pictures that are taken in at once.
    pub(super) uploads: Arc<Semaphore>,
    patience: Duration,
    /// How long one picture may take to come.
    pub(super) picture_time: Duration,
    listed: Arc<Mutex<Listed>>,
}

/// The deletions that were read off the log: the latest of them.
#[derive(Default)]
struct Listed {
    next: u64,
    all: Vec<(u64, Deletion)>,
}

/// Deletions that a page lists. All of them are on the log.
const LISTED: usize = 500;

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
            uploads: at_most(limits.pictures.get()),
            patience: limits.answer_time,
            picture_time: limits.picture_time,
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

    /// The latest deletions on the log, the last first.
    pub(crate) async fn deletions(&self, registry: &RegistryDesk) -> Result<Vec<(u64, Deletion)>, Refusal> {
        let listed = Arc::clone(&self.listed);
        registry
            .work(move |room| {
                let mut listed = listed.lock().unwrap_or_else(PoisonError::into_inner);
                let found = room.reader().deletions_since(listed.next)?;
                listed.next = found.next;
                listed.all.extend(found.found);
                let over = listed.all.len().saturating_sub(LISTED);
                listed.all.drain(..over);
                Ok(listed.all.iter().rev().copied().collect())
            })
            .await
    }
}
