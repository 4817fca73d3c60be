use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_consent::agents::AgentTable;
use sayso_consent::files::{license_lines, license_urls};
use sayso_consent::robots::RobotsFetch;
use sayso_core::{Limits, Pdq, RecordLocator, Signal, Speaker, Statement, Timestamp};
use sayso_crawl::{SiteFact, SiteFile, origin_of, path_of};

use super::sitefile::SiteFileRead;
use super::sitestore::SiteStore;
use crate::Error;

/// Answers what the crawl says of a pair beside its page: by its sites, its picture and the revisits of its page.
pub(crate) struct Facts {
    store: SiteStore,
    agents: &'static AgentTable,
    agent: String,
    limits: Limits,
    robots: HashMap<String, Arc<Vec<Captured<Robots>>>>,
    files: HashMap<String, Arc<Vec<Captured<SiteFileRead>>>>,
    /// Statements of the last few (origin, path)s: a page's pairs share their page.
    paths: HashMap<(String, Option<Timestamp>), Arc<Vec<Statement>>>,
}

/// A robots.txt, and the addresses of the RSL documents that it names.
type Robots = (RobotsFetch, Vec<String>);

/// A file of a site at one instant.
struct Captured<T> {
    at: Option<Timestamp>,
    record: RecordLocator,
    read: T,
}

impl<T> Captured<T> {
    /// The statements that `of` finds in the file, with the record they stand in.
    fn statements(&self, of: impl FnOnce(&T) -> Vec<Statement>) -> Vec<Statement> {
        let mut statements = of(&self.read);
        for statement in &mut statements {
            let signal = Arc::make_mut(&mut statement.signal);
            signal.record = Some(self.record.clone());
            signal.captured_at = self.at;
        }
        statements
    }
}

/// The newest not after the capture; a crawl that fetched the file only later still heard the site say it.
fn in_force<T>(known: &[Captured<T>], captured_at: Option<Timestamp>) -> Option<&Captured<T>> {
    known.iter().rev().find(|file| file.at <= captured_at || captured_at.is_none()).or(known.first())
}

/// Keeps what was read under `key`, in the order of capture.
fn keep<T>(
    cache: &mut HashMap<String, Arc<Vec<Captured<T>>>>,
    key: &str,
    mut known: Vec<Captured<T>>,
) -> Arc<Vec<Captured<T>>> {
    known.sort_by_key(|file| file.at);
    if cache.len() >= CACHED {
        cache.clear();
    }
    let known = Arc::new(known);
    cache.insert(key.to_owned(), Arc::clone(&known));
    known
}

/// RSL documents that one robots.txt may name.
const MAX_LICENCES: usize = 16;

/// The addresses of the RSL documents that a robots.txt names for the builder's agent.
pub(crate) fn licences_of(robots: &str, origin: &str, agent: &str, limit_bytes: u64) -> Vec<String> {
    let lines = license_lines(robots.as_bytes(), limit_bytes);
    let absolute = license_urls(&lines, agent).into_iter().filter_map(|url| {
        let is_scheme = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        if is_scheme("http://") || is_scheme("https://") {
            return Some(url.to_owned());
        }
        (url.starts_with('/') && !url.starts_with("//")).then(|| format!("{origin}{url}"))
    });
    let mut licences: Vec<String> = absolute.take(MAX_LICENCES).collect();
    licences.sort();
    licences.dedup();
    licences
}

/// What the crawl knows of a picture.
#[derive(Debug, Clone)]
pub(super) struct PictureFact {
    pub(super) sha256: String,
    pub(super) bytes: u64,
    pub(super) size: Option<(u32, u32)>,
    pub(super) pdq: Option<(Pdq, u8)>,
    /// The stored form of its features.
    pub(super) features: Option<Vec<u8>>,
    pub(super) signals: Vec<Signal>,
}

/// Entries of each cache.
const CACHED: usize = 4096;

impl Facts {
    pub(super) fn new(store: SiteStore, agent: &str, limits: Limits) -> Self {
        Self {
            store,
            agents: AgentTable::builtin(),
            agent: agent.to_owned(),
            limits,
            robots: HashMap::new(),
            files: HashMap::new(),
            paths: HashMap::new(),
        }
    }

    /// Facts of a crawl that has none.
    pub(crate) fn none(agent: &str, limits: Limits) -> Result<Self, Error> {
        Ok(Self::new(SiteStore::open(None)?, agent, limits))
    }

    /// Facts that lie in a file, in the form in which a build merges them.
    #[cfg(feature = "cluster")]
    pub(crate) fn at(path: &std::path::Path, agent: &str, limits: Limits) -> Result<Self, Error> {
        Ok(Self::new(SiteStore::open(Some(path))?, agent, limits))
    }

    pub(super) fn agents(&self) -> &'static AgentTable {
        self.agents
    }

    pub(super) fn agent(&self) -> &str {
        &self.agent
    }

    /// Whether nothing can be answered: the crawl is a WAT, say.
    pub(super) fn is_empty(&self) -> bool {
        !["robots", "file", "picture", "revisit", "revisited"].iter().any(|kind| self.store.has(kind))
    }

    /// What the files of a URL's site state about it, as they were when the page was captured.
    pub(crate) fn site(
        &mut self,
        speaker: Speaker,
        url: &str,
        captured_at: Option<Timestamp>,
    ) -> Result<Arc<Vec<Statement>>, Error> {
        if !self.store.has("robots") && !self.store.has("file") {
            return Ok(Arc::new(Vec::new()));
        }
        let key = (format!("{speaker} {url}"), captured_at);
        if let Some(statements) = self.paths.get(&key) {
            return Ok(Arc::clone(statements));
        }
        let (origin, path) = (origin_of(url), path_of(url));
        let mut statements = Vec::new();
        let mut licences = Vec::new();
        if self.store.has("robots") {
            let known = self.robots_of(&origin)?;
            if let Some(robots) = in_force(&known, captured_at) {
                statements.extend(robots.statements(|fetch| fetch.0.statements(speaker, path, &self.agent)));
                licences.clone_from(&robots.read.1);
            }
        }
        if self.store.has("file") {
            let paths = [SiteFile::Tdmrep, SiteFile::AiTxt].into_iter().filter_map(|kind| Some((kind, kind.path()?)));
            let mut files: Vec<_> = paths.map(|(kind, path)| (kind, origin.clone(), path.to_owned())).collect();
            let licences = licences.iter();
            files.extend(licences.map(|url| (SiteFile::Rsl, origin_of(url), path_of(url).to_owned())));
            for (kind, origin, path) in files {
                let known = self.files_at(&SiteFact::file_key(&origin, &path), kind)?;
                if let Some(file) = in_force(&known, captured_at) {
                    statements.extend(file.statements(|file| file.statements(speaker, url)));
                }
            }
        }
        if self.paths.len() >= CACHED {
            self.paths.clear();
        }
        let statements = Arc::new(statements);
        self.paths.insert(key, Arc::clone(&statements));
        Ok(statements)
    }

    /// Whether a robots.txt of the site of `url` was had, or it is known that there is none.
    pub(crate) fn knows_robots(&mut self, url: &str) -> Result<bool, Error> {
        if !self.store.has("robots") {
            return Ok(false);
        }
        let is_had = |fetch: &RobotsFetch| matches!(fetch, RobotsFetch::Found(_) | RobotsFetch::Missing);
        Ok(in_force(&self.robots_of(&origin_of(url))?, None).is_some_and(|robots| is_had(&robots.read.0)))
    }

    fn robots_of(&mut self, origin: &str) -> Result<Arc<Vec<Captured<Robots>>>, Error> {
        if let Some(known) = self.robots.get(origin) {
            return Ok(Arc::clone(known));
        }
        let mut known = Vec::new();
        for value in self.store.values(&SiteFact::robots_key(origin))? {
            if let Ok(SiteFact::Robots { status, body, captured_at, record }) = serde_json::from_str(&value) {
                let Limits { robots_bytes, signal_bytes, .. } = self.limits;
                let fetch = RobotsFetch::of_answer(status, body.as_bytes(), robots_bytes, signal_bytes, self.agents);
                let licences = licences_of(&body, origin, &self.agent, robots_bytes);
                known.push(Captured { at: captured_at, record, read: (fetch, licences) });
            }
        }
        Ok(keep(&mut self.robots, origin, known))
    }

    /// What is known of the file at an address as a file of this kind: one site may name as its RSL what is the ai.txt of
    /// another, which stays an ai.txt to that one.
    fn files_at(&mut self, key: &str, kind: SiteFile) -> Result<Arc<Vec<Captured<SiteFileRead>>>, Error> {
        let cached = format!("{kind:?} {key}");
        if let Some(known) = self.files.get(&cached) {
            return Ok(Arc::clone(known));
        }
        let mut known = Vec::new();
        for value in self.store.values(key)? {
            if let Ok(SiteFact::File { name, content_type, body, captured_at, record }) = serde_json::from_str(&value)
                && name == kind
            {
                let read = SiteFileRead::read(name, &content_type, &body, &self.limits);
                known.push(Captured { at: captured_at, record, read });
            }
        }
        Ok(keep(&mut self.files, &cached, known))
    }

    /// What the crawl knows of the picture at `url`: the newest capture of it, or that which a revisit refers to.
    pub(super) fn picture(&mut self, url: &str) -> Result<Option<PictureFact>, Error> {
        if !self.store.has("picture") {
            return Ok(None);
        }
        let mut found = newest(&self.store.values(&SiteFact::picture_key(url))?);
        if found.is_none() && self.store.has("revisited") {
            for value in self.store.values(&SiteFact::revisited_url_key(url))? {
                if let Ok(SiteFact::Revisit { record, signals, .. }) = serde_json::from_str(&value) {
                    found = newest(&self.store.values(&SiteFact::digest_key(&record.digest))?);
                    if let Some(picture) = &mut found {
                        picture
                            .signals
                            .extend(signals.into_iter().map(|signal| Signal { speaker: Speaker::Picture, ..signal }));
                        break;
                    }
                }
            }
        }
        Ok(found)
    }

    /// Signals of later captures of the page whose payload has this digest.
    pub(super) fn revisits(&mut self, digest: &str) -> Result<Vec<Signal>, Error> {
        if digest.is_empty() || !self.store.has("revisit") {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for value in self.store.values(&SiteFact::revisit_key(digest))? {
            if let Ok(SiteFact::Revisit { signals, record, captured_at, .. }) = serde_json::from_str(&value) {
                let located = |signal| Signal { record: Some(record.clone()), captured_at, ..signal };
                found.extend(signals.into_iter().map(located));
            }
        }
        Ok(found)
    }
}

fn newest(values: &[String]) -> Option<PictureFact> {
    let pictures = values.iter().filter_map(|value| match serde_json::from_str(value) {
        Ok(SiteFact::Picture { sha256, bytes, size, pdq, features, signals, captured_at, record }) => {
            let features = features.and_then(|features| STANDARD.decode(features).ok());
            let located = |signal| Signal { record: Some(record.clone()), captured_at, ..signal };
            let signals = signals.into_iter().map(located).collect();
            Some((captured_at, PictureFact { sha256, bytes, size, pdq, features, signals }))
        }
        _ => None,
    });
    pictures.max_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.sha256.cmp(&b.1.sha256))).map(|(_, picture)| picture)
}
