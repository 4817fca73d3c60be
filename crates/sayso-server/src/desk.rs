use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use sayso::export::{ExportOptions, export_to_writer};
use sayso::library::{
    Comparison, DatasetSummary, Facet, FacetField, FacetQuestion, Library, LiveLibrary, NearHit, NearQuestion, Removal,
    SearchAnswer, SearchQuestion, Sort, Start, ValueSummary, VectorIndexSummary, Window,
};
use sayso::matching::{Copies, MatchOptions, OwnPicture, PictureLimits};
use sayso::pictures::PICTURE_LIMITS;
use sayso::sql::tables_of;
use sayso::vectors::{EmbedError, EmbedQuery};
use sayso_core::{EmbedderId, Modality, Sample, Uid};
use tokio::sync::Semaphore;

use crate::ServerLimits;
use crate::lineage::LineageDesk;
use crate::personal::{mask_hit, mask_sample};
use crate::refusal::Refusal;
use crate::registry::RegistryDesk;
use crate::sql::SqlDesk;
use crate::studio::StudioDesk;
use crate::view::{Layout, shortened};

/// A question for what is near, as [`NearQuestion`], but its own owner.
#[derive(Clone)]
pub(crate) struct Near {
    pub(crate) dataset: Option<String>,
    pub(crate) embedder: EmbedderId,
    pub(crate) modality: Modality,
    pub(crate) limit: usize,
    /// How many of the hits are fetched with their samples.
    pub(crate) fetched: usize,
    pub(crate) doubles_above: Option<f32>,
}

impl Near {
    fn question(&self) -> NearQuestion<'_> {
        NearQuestion {
            dataset: self.dataset.as_deref(),
            embedder: &self.embedder,
            modality: self.modality,
            limit: self.limit,
            doubles_above: self.doubles_above,
        }
    }
}

/// Where a list of hits starts, as [`Start`], but its own owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HitsFrom {
    Offset(usize),
    Cursor(String),
}

/// What is told of a site, a creator or a licence.
const ABOUT: [FacetField; 8] = [
    FacetField::Verdict,
    FacetField::Reason,
    FacetField::Domain,
    FacetField::Creator,
    FacetField::Licence,
    FacetField::Language,
    FacetField::Side,
    FacetField::Year,
];

/// Names of each.
const NAMES: usize = 12;

/// Names that may have been meant where one is not there.
const NEAR: usize = 6;

/// Comparisons by the names of both datasets, and of which state of them.
#[derive(Default)]
struct Compared {
    generation: u64,
    of: HashMap<(String, String), Arc<Comparison>>,
}

/// Where requests ask the library: a few at a time, on threads that may block, and nobody waits for ever.
#[derive(Clone)]
pub(crate) struct Desk {
    library: Arc<LiveLibrary>,
    embedders: Arc<[Arc<dyn EmbedQuery>]>,
    body_bytes: usize,
    places: Arc<Semaphore>,
    /// Pictures that are taken in at once: each lies in memory until it is looked at.
    uploads: Arc<Semaphore>,
    upload_time: Duration,
    patience: Duration,
    picture_bytes: usize,
    sql: Option<SqlDesk>,
    registry: Option<RegistryDesk>,
    lineage: Option<Arc<LineageDesk>>,
    studio: Option<StudioDesk>,
    /// Comparisons that were made of the datasets as they are.
    compared: Arc<Mutex<Compared>>,
}

fn masked(mut hits: Vec<NearHit>) -> Vec<NearHit> {
    hits.iter_mut().filter_map(|hit| hit.sample.as_mut()).for_each(mask_sample);
    hits
}

impl Desk {
    pub(crate) fn new(
        library: Library,
        embedders: Vec<Arc<dyn EmbedQuery>>,
        sql: Option<SqlDesk>,
        registry: Option<RegistryDesk>,
        limits: &ServerLimits,
    ) -> Self {
        let places = limits.questions.get().min(Semaphore::MAX_PERMITS);
        Self {
            library: Arc::new(LiveLibrary::of(library)),
            embedders: embedders.into(),
            body_bytes: limits.body_bytes,
            places: Arc::new(Semaphore::new(places)),
            uploads: Arc::new(Semaphore::new(limits.pictures.get().min(Semaphore::MAX_PERMITS))),
            upload_time: limits.picture_time,
            patience: limits.answer_time,
            picture_bytes: limits.picture_bytes,
            sql,
            registry,
            lineage: None,
            studio: None,
            compared: Arc::default(),
        }
    }

    /// What stands around every page of this server.
    pub(crate) fn layout(&self) -> Layout {
        let layout = Layout::new(self.sql.is_some()).with_registry(self.registry.is_some());
        layout.with_lineage(self.lineage.is_some()).with_studio(self.studio.is_some())
    }

    /// The studio, where there is one.
    pub(crate) fn studio(&self) -> Result<&StudioDesk, Refusal> {
        self.studio.as_ref().ok_or(Refusal::NoPage)
    }

    /// The same with a studio.
    pub(crate) fn with_studio(self, studio: Option<StudioDesk>) -> Self {
        Self { studio, ..self }
    }

    /// Where claims are made and looked up, where they are.
    pub(crate) fn registry(&self) -> Result<&RegistryDesk, Refusal> {
        self.registry.as_ref().ok_or(Refusal::NoPage)
    }

    /// Hides what was reported, in every answer that begins from now on.
    pub(crate) fn hide_reported(&self) -> Result<(), sayso::Error> {
        match &self.registry {
            Some(registry) => registry.hide_reported(&self.library),
            None => Ok(()),
        }
    }

    /// What was taken out because of claims.
    pub(crate) async fn removed(&self) -> Result<Vec<Removal>, Refusal> {
        self.ask(Library::removals).await
    }

    /// The datasets, for whoever hides and shows samples of them.
    pub(crate) fn library(&self) -> Arc<LiveLibrary> {
        Arc::clone(&self.library)
    }

    /// The same with the lineage that it shows.
    pub(crate) fn with_lineage(mut self, lineage: Option<Arc<LineageDesk>>) -> Self {
        self.lineage = lineage;
        self
    }

    /// Who fed whom; a page that is not there where that is not shown.
    pub(crate) fn lineage(&self) -> Result<&LineageDesk, Refusal> {
        self.lineage.as_deref().ok_or(Refusal::NoPage)
    }

    /// What the datasets are. Answered at once: it is in memory.
    pub(crate) fn datasets(&self) -> Vec<DatasetSummary> {
        self.now().map(|library| library.summaries()).unwrap_or_default()
    }

    /// The datasets as they are now. Looking whether they changed takes no time; taking up what was removed takes some.
    pub(crate) fn now(&self) -> Option<Arc<Library>> {
        self.library.now().ok().map(|(library, _)| library)
    }

    /// The fields of which anything is known. Answered at once, too.
    pub(crate) fn facet_fields(&self, dataset: Option<&str>) -> Vec<FacetField> {
        self.now().map(|library| library.facet_fields(dataset)).unwrap_or_default()
    }

    pub(crate) async fn search(&self, query: String, window: Window) -> Result<SearchAnswer, Refusal> {
        let mut answer = self.ask(move |library| library.search(&query, window)).await?;
        answer.hits.iter_mut().for_each(mask_hit);
        Ok(answer)
    }

    /// Hits in an order of choice.
    pub(crate) async fn find(
        &self,
        query: String,
        sort: Sort,
        from: HitsFrom,
        limit: usize,
    ) -> Result<SearchAnswer, Refusal> {
        let find = move |library: &Library| {
            let start = match &from {
                HitsFrom::Offset(offset) => Start::Offset(*offset),
                HitsFrom::Cursor(cursor) => Start::Cursor(cursor),
            };
            library.find(&SearchQuestion { query: &query, sort, start, limit })
        };
        let mut answer = self.ask(find).await?;
        answer.hits.iter_mut().for_each(mask_hit);
        Ok(answer)
    }

    /// The orders of hits that there are. Answered at once: they are in memory.
    pub(crate) fn sorts(&self) -> Vec<Sort> {
        self.now().map(|library| library.sorts()).unwrap_or_default()
    }

    /// What the hits of a query have in common, or all samples where none is given.
    pub(crate) async fn facets(
        &self,
        query: Option<String>,
        dataset: Option<String>,
        fields: Vec<FacetField>,
        limit: usize,
    ) -> Result<Vec<Facet>, Refusal> {
        self.count(query, dataset, fields, None, limit).await
    }

    /// The same, from a cursor on.
    pub(crate) async fn count(
        &self,
        query: Option<String>,
        dataset: Option<String>,
        fields: Vec<FacetField>,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Vec<Facet>, Refusal> {
        let count = move |library: &Library| {
            let (dataset, query, cursor) = (dataset.as_deref(), query.as_deref(), cursor.as_deref());
            library.count(&FacetQuestion { dataset, query, fields: &fields, cursor, limit })
        };
        self.ask(count).await
    }

    /// What is known of a site, a creator or a licence.
    pub(crate) async fn value(&self, field: FacetField, name: &str) -> Result<ValueSummary, Refusal> {
        let mut fields = self.facet_fields(None);
        fields.retain(|other| (ABOUT.contains(other) || matches!(other, FacetField::Column(_))) && *other != field);
        let wanted = name.to_owned();
        let found = self.ask(move |library| match library.value(field, &wanted, &fields, NAMES)? {
            Some(value) => Ok(Ok(value)),
            None => Ok(Err(library.names_near(field, &wanted, NEAR))),
        });
        match found.await? {
            Ok(mut value) => {
                value.examples.iter_mut().for_each(|(_, sample)| mask_sample(sample));
                Ok(value)
            }
            Err(near) => Err(Refusal::NoValue { field, name: shortened(name, 80), near }),
        }
    }

    /// What two datasets have in common.
    pub(crate) async fn compare(&self, first: &str, second: &str) -> Result<Arc<Comparison>, Refusal> {
        let names = (first.to_owned(), second.to_owned());
        let generation = self.library.now()?.1;
        let known = {
            let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
            if compared.generation != generation {
                *compared = Compared { generation, of: HashMap::new() };
            }
            compared.of.get(&names).cloned()
        };
        if let Some(known) = known {
            return Ok(known);
        }
        for name in [first, second] {
            if !self.datasets().iter().any(|dataset| dataset.name == name) {
                return Err(Refusal::NoDataset { name: name.to_owned() });
            }
        }
        let (one, other) = names.clone();
        let found = self.ask(move |library| library.compare(&one, &other)).await?;
        let mut found = found.ok_or_else(|| Refusal::NoDataset { name: first.to_owned() })?;
        let examples = found.first.examples.iter_mut().chain(&mut found.second.examples);
        examples.for_each(mask_sample);
        let found = Arc::new(found);
        let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if compared.generation == generation {
            compared.of.insert(names, Arc::clone(&found));
        }
        drop(compared);
        Ok(found)
    }

    /// Where questions in SQL are answered, where they are.
    pub(crate) fn sql(&self) -> Result<SqlDesk, Refusal> {
        let desk = self.sql.as_ref().ok_or(Refusal::NoSql)?;
        let (library, _) = self.library.now()?;
        Ok(desk.of(tables_of(&library)?, self.library.hidden()))
    }

    /// The names of all columns. Answered at once: they are in memory.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.now().map(|library| library.columns()).unwrap_or_default()
    }

    /// Hits of a query as a table.
    pub(crate) async fn export(&self, options: ExportOptions) -> Result<Vec<u8>, Refusal> {
        self.ask(move |library| {
            let mut table = Vec::new();
            export_to_writer(library, &options, &mut table)?;
            Ok(table)
        })
        .await
    }

    /// The indexes of vectors. Answered at once: they are in memory.
    pub(crate) fn vector_indexes(&self) -> Vec<VectorIndexSummary> {
        self.now().map(|library| library.vector_indexes()).unwrap_or_default()
    }

    /// Reads a request's body whole, within the limits on its length and its time.
    pub(crate) async fn read_body(&self, body: Body) -> Result<Bytes, Refusal> {
        // The one error that is not about the length is a client that went away, who reads no answer.
        let too_long = |_| Refusal::BodyTooLong { most_bytes: self.body_bytes };
        let reading = axum::body::to_bytes(body, self.body_bytes);
        tokio::time::timeout(self.patience, reading).await.map_err(|_| Refusal::SlowBody)?.map_err(too_long)
    }

    /// A vector of what somebody looks for, by the embedder that made those of an index.
    pub(crate) async fn embed(
        &self,
        id: &EmbedderId,
        make: impl FnOnce(&dyn EmbedQuery) -> Result<Vec<f32>, EmbedError> + Send + 'static,
    ) -> Result<Vec<f32>, Refusal> {
        let found = self.embedders.iter().find(|embedder| embedder.embedder().agrees_with(id));
        let embedder = found.cloned().ok_or_else(|| Refusal::NoEmbedder { name: id.name().to_owned() })?;
        self.ask(move |_| Ok(make(&*embedder))).await?.map_err(Refusal::from)
    }

    /// Whether an index can be asked with more than vectors. Answered at once.
    pub(crate) fn has_embedder(&self, id: &EmbedderId) -> bool {
        self.embedders.iter().any(|embedder| embedder.embedder().agrees_with(id))
    }

    pub(crate) async fn near(&self, vector: Vec<f32>, near: Near) -> Result<Vec<NearHit>, Refusal> {
        let hits = self.ask(move |library| library.near(&vector, &near.question(), near.fetched)).await?;
        Ok(masked(hits))
    }

    /// What is near to a sample, without itself.
    pub(crate) async fn near_sample(&self, uid: Uid, near: Near) -> Result<Vec<NearHit>, Refusal> {
        let found = self.ask(move |library| library.near_sample(uid, &near.question(), near.fetched)).await?;
        match found {
            Some(hits) => Ok(masked(hits)),
            None => self.sample(uid).await.and(Err(Refusal::NoVector { uid })),
        }
    }

    /// The sample of this identity and its dataset's summary.
    pub(crate) async fn sample(&self, uid: Uid) -> Result<(DatasetSummary, Sample), Refusal> {
        let found = self.ask(move |library| library.sample(uid)).await?;
        let (name, mut sample) = found.ok_or_else(|| {
            let is_hidden = self.library.hidden().contains(&uid);
            if is_hidden { Refusal::Hidden { uid } } else { Refusal::NoSample { uid } }
        })?;
        mask_sample(&mut sample);
        let dataset = self.datasets().into_iter().find(|dataset| dataset.name == name);
        Ok((dataset.ok_or(Refusal::NoSample { uid })?, sample))
    }

    /// The samples whose pictures look like this one.
    pub(crate) async fn copies(&self, own: OwnPicture, options: MatchOptions) -> Result<Copies, Refusal> {
        let mut found = self.ask(move |library| library.copies(&own, &options)).await?;
        found.copies.iter_mut().for_each(|copy| mask_sample(&mut copy.sample));
        Ok(found)
    }

    /// Takes in a picture, when it is its turn and within its time.
    pub(crate) async fn take_picture(
        &self,
        picture: impl Future<Output = Result<Bytes, Refusal>>,
    ) -> Result<Bytes, Refusal> {
        let waited = tokio::time::timeout(self.patience, self.uploads.acquire()).await;
        let _place = waited.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
        tokio::time::timeout(self.upload_time, picture).await.unwrap_or(Err(Refusal::PictureNotTaken))
    }

    /// What there is to look for in a picture; the picture itself is gone when the answer is there.
    pub(crate) async fn look_at(&self, bytes: Bytes) -> Result<OwnPicture, Refusal> {
        let limits = PictureLimits { file_bytes: self.picture_bytes as u64, ..PICTURE_LIMITS };
        let own = self.ask(move |_| Ok(OwnPicture::of_bytes(&bytes, &limits))).await?;
        own.map_err(|fault| Refusal::Picture { message: fault.to_string() })
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
            let (library, _) = library.now()?;
            question(&library)
        });
        match tokio::time::timeout(self.patience, asked).await {
            Ok(Ok(answer)) => answer.map_err(Refusal::from),
            Ok(Err(_)) => Err(Refusal::Stopped),
            Err(_) => Err(Refusal::TooSlow),
        }
    }
}
