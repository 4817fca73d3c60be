use std::collections::HashMap;
use std::sync::Arc;

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::RobotsFetch;
use sayso_core::{Limits, RecordLocator, Signal, Speaker, Statement, Timestamp};
use sayso_crawl::{SiteFact, origin_of};

use super::sitestore::SiteStore;
use crate::Error;

/// Answers what the crawl says of a pair beside its page: by its sites, its picture and the revisits of its page.
pub(super) struct Facts {
    store: SiteStore,
    agents: &'static AgentTable,
    agent: String,
    limits: Limits,
    robots: HashMap<String, Arc<Vec<Captured>>>,
    /// Statements of the last few (origin, path)s: a page's pairs share their page.
    paths: HashMap<(String, Option<Timestamp>), Arc<Vec<Statement>>>,
}

/// A robots.txt at one instant.
struct Captured {
    at: Option<Timestamp>,
    record: RecordLocator,
    fetch: RobotsFetch,
}

/// What the crawl knows of a picture.
#[derive(Debug, Clone)]
pub(super) struct PictureFact {
    pub(super) sha256: String,
    pub(super) bytes: u64,
    pub(super) size: Option<(u32, u32)>,
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
            paths: HashMap::new(),
        }
    }

    pub(super) fn agents(&self) -> &'static AgentTable {
        self.agents
    }

    pub(super) fn agent(&self) -> &str {
        &self.agent
    }

    /// Whether nothing can be answered: the crawl is a WAT, say.
    pub(super) fn is_empty(&self) -> bool {
        !["robots", "picture", "revisit", "revisited"].iter().any(|kind| self.store.has(kind))
    }

    /// What the robots.txt of a URL's site states about it, as it was when the page was captured.
    pub(super) fn robots(
        &mut self,
        speaker: Speaker,
        url: &str,
        captured_at: Option<Timestamp>,
    ) -> Result<Arc<Vec<Statement>>, Error> {
        if !self.store.has("robots") {
            return Ok(Arc::new(Vec::new()));
        }
        let key = (format!("{speaker} {url}"), captured_at);
        if let Some(statements) = self.paths.get(&key) {
            return Ok(Arc::clone(statements));
        }
        let known = self.robots_of(&origin_of(url))?;
        // The newest not after the capture; a crawl that fetched robots.txt only later still heard the site say it.
        let in_force =
            known.iter().rev().find(|robots| robots.at <= captured_at || captured_at.is_none()).or(known.first());
        let mut statements =
            in_force.map_or_else(Vec::new, |robots| robots.fetch.statements(speaker, path_of(url), &self.agent));
        for statement in &mut statements {
            statement.signal.record = in_force.map(|robots| robots.record.clone());
            statement.signal.captured_at = in_force.and_then(|robots| robots.at);
        }
        if self.paths.len() >= CACHED {
            self.paths.clear();
        }
        let statements = Arc::new(statements);
        self.paths.insert(key, Arc::clone(&statements));
        Ok(statements)
    }

    fn robots_of(&mut self, origin: &str) -> Result<Arc<Vec<Captured>>, Error> {
        if let Some(known) = self.robots.get(origin) {
            return Ok(Arc::clone(known));
        }
        let mut known = Vec::new();
        for value in self.store.values(&SiteFact::robots_key(origin))? {
            if let Ok(SiteFact::Robots { status, body, captured_at, record }) = serde_json::from_str(&value) {
                let Limits { robots_bytes, signal_bytes, .. } = self.limits;
                let fetch = RobotsFetch::of_answer(status, body.as_bytes(), robots_bytes, signal_bytes, self.agents);
                known.push(Captured { at: captured_at, record, fetch });
            }
        }
        known.sort_by_key(|robots| robots.at);
        if self.robots.len() >= CACHED {
            self.robots.clear();
        }
        let known = Arc::new(known);
        self.robots.insert(origin.to_owned(), Arc::clone(&known));
        Ok(known)
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
        Ok(SiteFact::Picture { sha256, bytes, size, signals, captured_at, record }) => {
            let located = |signal| Signal { record: Some(record.clone()), captured_at, ..signal };
            let signals = signals.into_iter().map(located).collect();
            Some((captured_at, PictureFact { sha256, bytes, size, signals }))
        }
        _ => None,
    });
    pictures.max_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.sha256.cmp(&b.1.sha256))).map(|(_, picture)| picture)
}

/// Path and query of a URL, as robots.txt speaks of them.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find(['/', '?']).and_then(|at| rest.get(at..)).unwrap_or("/");
    path.split('#').next().unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn paths_are_what_robots_txt_speaks_of() {
        for (url, path) in
            [("https://a.example/b/c?d#e", "/b/c?d"), ("https://a.example", "/"), ("https://a.example?x", "?x")]
        {
            assert_eq!(path_of(url), path, "{url}");
        }
    }
}
