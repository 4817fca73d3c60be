//! The files by which a site speaks, as they are now.

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::RobotsFetch;
use sayso_core::{Limits, Speaker, Stance, Statement};
use sayso_crawl::{PayloadKind, SiteFile};

use super::answer::{Answer, Flaw};
use super::ask::{Found, Online};
use super::crawl_delay::crawl_delay;
use super::failure::{Failure, Gap};
use super::fetch::Want;
use super::target::Target;
use crate::build::{SiteFileRead, licences_of};
use crate::signals::SourceKind;

/// The product token by which Sayso goes to sites, whomever it goes for.
const OWN_AGENT: &str = "sayso";

/// The robots.txt of one origin.
#[derive(Debug)]
pub(crate) struct SiteRobots {
    pub(crate) fetch: RobotsFetch,
    /// Where it stands, all redirects followed.
    pub(crate) url: String,
    /// The addresses of the RSL documents that it names.
    pub(crate) licences: Vec<String>,
    /// Why it could not be read.
    pub(crate) gap: Option<Gap>,
}

/// The files at fixed addresses of one origin.
#[derive(Debug)]
pub(super) struct SiteFiles {
    pub(super) files: Vec<(SourceKind, SiteDocument)>,
    pub(super) gaps: Vec<Gap>,
}

/// A file that speaks for a site, read.
#[derive(Debug)]
pub(crate) struct SiteDocument {
    /// Where it stands.
    pub(super) url: String,
    read: SiteFileRead,
}

impl SiteDocument {
    /// What it says of the uses of `url`.
    pub(crate) fn statements(&self, speaker: Speaker, url: &str) -> Vec<Statement> {
        self.read.statements(speaker, url)
    }
}

impl SiteRobots {
    /// Whether Sayso may ask for an address, going for `agent`, too.
    pub(crate) fn may_ask(&self, target: &Target, agent: &str) -> Result<(), Failure> {
        let robots = match &self.fetch {
            RobotsFetch::Found(robots) => robots,
            // RFC 9309, section 2.3.1.3: there are no rules, or none that crawlers get to see.
            RobotsFetch::Missing | RobotsFetch::Refused(_) => return Ok(()),
            // Section 2.3.1.4: whoever cannot be asked for rules may forbid everything.
            RobotsFetch::Unreachable => {
                return Err(Failure::Forbidden("not looked at, since its robots.txt could not be read".to_owned()));
            }
        };
        for agent in [OWN_AGENT, agent] {
            let access = robots.access(agent, target.path());
            if access.stance == Stance::Disallowed {
                let rule = access.rule.map(|rule| format!(" (line {}: {})", rule.line, rule.raw)).unwrap_or_default();
                let why = format!("not looked at, since its robots.txt keeps `{agent}` out{rule}");
                return Err(Failure::Forbidden(why));
            }
        }
        Ok(())
    }
}

impl Online {
    /// The robots.txt of an address's site.
    pub(crate) fn robots_of(&self, target: &Target) -> std::sync::Arc<SiteRobots> {
        self.robots.get(&target.origin(), || self.read_robots(target))
    }

    /// Whether the robots.txt of an address's site was read in this run.
    pub(crate) fn knows_robots(&self, target: &Target) -> bool {
        self.robots.knows(&target.origin())
    }

    /// The pause that is kept between two requests to a host: the one that was chosen, or what its robots.txt asks for.
    pub(crate) fn pause_at(&self, host: &str) -> std::time::Duration {
        self.hosts.pause_at(host)
    }

    fn read_robots(&self, target: &Target) -> SiteRobots {
        let Limits { robots_bytes, signal_bytes, .. } = self.options.limits;
        let url = format!("{}/robots.txt", target.origin());
        let table = AgentTable::builtin();
        let nothing = |fetch, why| SiteRobots {
            fetch,
            url: url.clone(),
            licences: Vec::new(),
            gap: Some(Gap { url: url.clone(), kind: SourceKind::RobotsTxt, why }),
        };
        let found = match self.site_file(&url) {
            Ok(found) => found,
            Err(Failure::Status(status)) => {
                let fetch = RobotsFetch::of_answer(status, &[], robots_bytes, signal_bytes, table);
                return nothing(fetch, Failure::Status(status));
            }
            Err(failure) => return nothing(RobotsFetch::Unreachable, failure),
        };
        if found.answer.flaw == Some(Flaw::Encoding) {
            return nothing(RobotsFetch::Unreachable, broken_encoding());
        }
        let text = String::from_utf8_lossy(found.answer.bytes());
        let agent = self.options.agent.as_str();
        if let Some(pause) = crawl_delay(text.as_bytes(), &[OWN_AGENT, agent]) {
            self.hosts.slow_down(target.host(), pause);
            // Whoever asks this host next knows nothing of its robots.txt.
            if let Ok(right) = self.enter(target.host()) {
                self.note_rest(target.host(), &right, self.hosts.rest_at(target.host(), &None));
            }
        }
        SiteRobots {
            fetch: RobotsFetch::of_answer(200, text.as_bytes(), robots_bytes, signal_bytes, table),
            url: found.at.as_str().to_owned(),
            licences: licences_of(&text, &target.origin(), agent, robots_bytes),
            gap: None,
        }
    }

    /// tdmrep.json and ai.txt of an address's site.
    pub(super) fn files_of(&self, target: &Target) -> std::sync::Arc<SiteFiles> {
        self.files.get(&target.origin(), || {
            let mut site = SiteFiles { files: Vec::new(), gaps: Vec::new() };
            for (file, kind) in [(SiteFile::Tdmrep, SourceKind::Tdmrep), (SiteFile::AiTxt, SourceKind::AiTxt)] {
                let url = format!("{}{}", target.origin(), file.path().unwrap_or_default());
                // A page in the place of such a file is a page and no file, as in a crawl.
                let read = self.site_file(&url).and_then(|found| match found.answer.kind() {
                    PayloadKind::Html | PayloadKind::Picture => Err(Failure::PageInstead),
                    PayloadKind::Other => self.read_file(&found, file),
                });
                match read {
                    Ok(document) => site.files.push((kind, document)),
                    Err(why) => site.gaps.push(Gap { url, kind, why }),
                }
            }
            site
        })
    }

    /// The RSL document at an address that a site names.
    pub(crate) fn rsl_document(&self, url: &str) -> std::sync::Arc<Result<SiteDocument, Failure>> {
        // A page in its place is a document that cannot be read: somebody said that there is one.
        self.documents.get(url, || self.site_file(url).and_then(|found| self.read_file(&found, SiteFile::Rsl)))
    }

    pub(super) fn site_file(&self, url: &str) -> Result<Found, Failure> {
        let target = Target::parse(url, &self.options.allow_private)?;
        // Files that speak to crawlers are there to be read by them, whatever robots.txt says of the rest.
        self.follow(&target, Want::SiteFile, &|_| Ok(()))
    }

    fn read_file(&self, found: &Found, file: SiteFile) -> Result<SiteDocument, Failure> {
        let Answer { flaw, .. } = &found.answer;
        if *flaw == Some(Flaw::Encoding) {
            return Err(broken_encoding());
        }
        let content_type = found.answer.header("content-type").unwrap_or_default();
        let text = String::from_utf8_lossy(found.answer.bytes());
        let read = SiteFileRead::read(file, content_type, &text, &self.options.limits);
        Ok(SiteDocument { url: found.at.as_str().to_owned(), read })
    }
}

fn broken_encoding() -> Failure {
    Failure::Unreachable("its content encoding is unknown or broken".to_owned())
}
