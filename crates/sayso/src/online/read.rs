use sayso_consent::settle_site_files;
use sayso_core::{Signal, Speaker, Statement};
use sayso_crawl::PayloadKind;
use sayso_crawl::http::decode_text;

use super::answer::{Answer, Body, Flaw};
use super::ask::{Found, Online};
use super::failure::{Failure, Gap};
use super::fetch::Want;
use super::target::Target;
use crate::check::{AskSite, Asked};
use crate::signals::{AnswerBody, AnswerRead, Source, SourceAt, SourceKind, rsl_links};

/// What an address and its site say.
#[derive(Debug, Clone, Default)]
pub struct OnlineReading {
    /// What was read.
    pub sources: Vec<Source>,
    /// What was asked for in vain.
    pub gaps: Vec<Gap>,
}

impl Online {
    /// Asks `url` and its site what they say of the use of `about`, an address of that site: `url` itself, mostly.
    ///
    /// An error where `url` is an address that is not asked at all.
    pub fn read(&self, url: &str, about: &str) -> Result<OnlineReading, Failure> {
        let target = Target::parse(url, &self.options.allow_private)?;
        let robots = self.robots_of(&target);
        let agent = self.options.agent.as_str();
        // Before the address itself, whose answer may be that nobody should ask any more.
        drop(self.files_of(&target));
        robots.licences.iter().for_each(|url| drop(self.rsl_document(url)));
        let found = self.follow(&target, Want::Capture, &|at| {
            if at.origin() == target.origin() {
                robots.may_ask(at, agent)
            } else {
                self.robots_of(at).may_ask(at, agent)
            }
        });
        let is_picture = match &found {
            Ok(found) => found.answer.kind() == PayloadKind::Picture,
            Err(_) => target.looks_like_a_picture(),
        };
        let site_speaker = if is_picture { Speaker::PictureSite } else { Speaker::PageSite };
        let mut reading = OnlineReading::default();
        self.site(&target, about, site_speaker, &mut reading);
        match found {
            Ok(found) => {
                let has_moved = found.at.origin() != target.origin();
                // What lies elsewhere is spoken for by the site there, too.
                let at = found.at.as_str().to_owned();
                let about = if has_moved { at.as_str() } else { about };
                if has_moved {
                    self.site(&found.at, about, site_speaker, &mut reading);
                }
                self.capture(&found, about, &mut reading);
            }
            Err(why) => reading.gaps.push(Gap { url: target.as_str().to_owned(), kind: SourceKind::HttpAnswer, why }),
        }
        Ok(reading)
    }

    /// What the files of a site say of an address.
    fn site(&self, target: &Target, about: &str, speaker: Speaker, reading: &mut OnlineReading) {
        let robots = self.robots_of(target);
        let about_path = sayso_crawl::path_of(about);
        let said = robots.fetch.statements(speaker, about_path, &self.options.agent);
        if robots.gap.is_none() || !said.is_empty() {
            reading.add(SourceKind::RobotsTxt, &robots.url, said);
        }
        reading.gaps.extend(robots.gap.clone());
        let files = self.files_of(target);
        for (kind, file) in &files.files {
            reading.add(*kind, &file.url, file.statements(speaker, about));
        }
        reading.gaps.extend(files.gaps.iter().cloned());
        for url in &robots.licences {
            self.rsl(url, about, speaker, reading);
        }
    }

    /// What an RSL document says that somebody named.
    fn rsl(&self, url: &str, about: &str, speaker: Speaker, reading: &mut OnlineReading) {
        match &*self.rsl_document(url) {
            Ok(document) => reading.add(SourceKind::Rsl, &document.url, document.statements(speaker, about)),
            Err(why) => {
                // That there is none where somebody says there is one is trouble.
                let why =
                    if why.is_absence() { Failure::Unreachable(format!("named, but {why}")) } else { why.clone() };
                reading.gaps.push(Gap { url: url.to_owned(), kind: SourceKind::Rsl, why });
            }
        }
    }

    /// What the page or picture itself says.
    fn capture(&self, found: &Found, about: &str, reading: &mut OnlineReading) {
        let limits = &self.options.limits;
        let answer = &found.answer;
        let url = found.at.as_str();
        let body = match (&answer.body, answer.kind()) {
            (Body::Picture(signals), _) => AnswerBody::Picture(signals.clone()),
            (Body::Bytes(bytes), PayloadKind::Html) => {
                AnswerBody::Page(decode_text(bytes, answer.header("content-type")))
            }
            _ => AnswerBody::Other,
        };
        let speaker = body.speaker();
        let headers = answer.headers.iter();
        let headers = headers
            .filter_map(|(name, value)| Signal::of_header(speaker, name, value.as_bytes(), limits.signal_bytes))
            .collect();
        let (said, rsl) = AnswerRead { headers, body }.statements(url, about, &self.options.agent, limits);
        reading.add(SourceKind::HttpAnswer, url, said);
        if let Some(why) = flaw_in_words(answer) {
            reading.gaps.push(Gap { url: url.to_owned(), kind: SourceKind::HttpAnswer, why });
        }
        let base = rsl.base.as_deref().and_then(|base| found.at.join(base, &self.options.allow_private).ok());
        let in_headers = rsl_links(answer.all("link")).into_iter().map(|link| (&found.at, link));
        let in_page = rsl.links.into_iter().map(|link| (base.as_ref().unwrap_or(&found.at), link));
        let mut known: Vec<String> = Vec::new();
        for (base, link) in in_headers.chain(in_page) {
            match base.join(&link, &self.options.allow_private) {
                Ok(target) if known.iter().any(|known| known == target.as_str()) => {}
                Ok(target) => {
                    self.rsl(target.as_str(), about, speaker, reading);
                    known.push(target.as_str().to_owned());
                }
                Err(why) => reading.gaps.push(Gap { url: link, kind: SourceKind::Rsl, why }),
            }
        }
    }
}

impl OnlineReading {
    /// Adds a source, unless it says the same in the same place: two sites may share a file.
    fn add(&mut self, kind: SourceKind, url: &str, statements: Vec<Statement>) {
        let source = Source { at: SourceAt::Url(url.to_owned()), kind, statements };
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }
}

fn flaw_in_words(answer: &Answer) -> Option<Failure> {
    let kind = answer.kind();
    // What is neither page nor picture says nothing but by its headers, whole or not.
    if kind == PayloadKind::Other {
        return None;
    }
    let is_picture = kind == PayloadKind::Picture;
    Some(Failure::Partly(match answer.flaw? {
        Flaw::Cut { .. } if is_picture => "the picture is too large, and what it says inside was not read",
        Flaw::Cut { .. } => "it is too large, and its end was not read",
        Flaw::Encoding => "its content encoding is unknown or broken, and what could be made of it was read",
    }))
}

impl AskSite for Online {
    fn ask(&self, url: &str) -> Asked {
        match self.read(url, url) {
            Ok(reading) => {
                let mut statements: Vec<Statement> = Vec::new();
                for statement in reading.sources.into_iter().flat_map(|source| source.statements) {
                    if !statements.contains(&statement) {
                        statements.push(statement);
                    }
                }
                // There is one answer of one address.
                settle_site_files(&mut statements);
                let told = reading.gaps.iter().filter(|gap| gap.is_told());
                Asked { statements, failures: told.map(ToString::to_string).collect() }
            }
            Err(why) => Asked { statements: Vec::new(), failures: vec![format!("{url}: {why}")] },
        }
    }
}
