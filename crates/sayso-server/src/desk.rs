use std::sync::Arc;
use std::time::Duration;

use sayso::library::{DatasetSummary, Library, SearchAnswer, Window};
use sayso::matching::{Copies, MatchOptions, OwnPicture};
use sayso_core::{Sample, Uid};
use tokio::sync::Semaphore;

use crate::ServerLimits;
use crate::refusal::Refusal;

/// Where requests ask the library: a few at a time, on threads that may block, and nobody waits for ever.
#[derive(Clone)]
pub(crate) struct Desk {
    library: Arc<Library>,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Desk {
    pub(crate) fn new(library: Library, limits: &ServerLimits) -> Self {
        let places = limits.questions.get().min(Semaphore::MAX_PERMITS);
        Self { library: Arc::new(library), places: Arc::new(Semaphore::new(places)), patience: limits.answer_time }
    }

    /// What the datasets are. Answered at once: it is in memory.
    pub(crate) fn datasets(&self) -> Vec<DatasetSummary> {
        self.library.summaries()
    }

    pub(crate) async fn search(&self, query: String, window: Window) -> Result<SearchAnswer, Refusal> {
        self.ask(move |library| library.search(&query, window)).await
    }

    /// The sample of this identity and its dataset's summary.
    pub(crate) async fn sample(&self, uid: Uid) -> Result<(DatasetSummary, Sample), Refusal> {
        let found = self.ask(move |library| library.sample(uid)).await?;
        let (name, sample) = found.ok_or(Refusal::NoSample { uid })?;
        let dataset = self.datasets().into_iter().find(|dataset| dataset.name == name);
        Ok((dataset.ok_or(Refusal::NoSample { uid })?, sample))
    }

    pub(crate) async fn copies(&self, own: OwnPicture, options: MatchOptions) -> Result<Copies, Refusal> {
        self.ask(move |library| library.copies(&own, &options)).await
    }

    /// Asks one question. Those that wait are as many as there are connections at most, so the line is bounded.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Library) -> Result<T, sayso::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let waited = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        let place = waited.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
        let library = Arc::clone(&self.library);
        let asked = tokio::task::spawn_blocking(move || {
            // Given back when the work is over, not when the reader's patience is: what runs on still costs.
            let _place = place;
            question(&library)
        });
        match tokio::time::timeout(self.patience, asked).await {
            Ok(Ok(answer)) => answer.map_err(Refusal::from),
            Ok(Err(_)) => Err(Refusal::Stopped),
            Err(_) => Err(Refusal::TooSlow),
        }
    }
}
