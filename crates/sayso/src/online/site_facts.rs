//! What the files of a site say now, in the form in which a crawl has it.

use sayso_core::RecordLocator;
use sayso_crawl::{PayloadKind, SiteFact, SiteFile, origin_of, path_of};

use super::answer::{Answer, Body, Flaw};
use super::ask::{Found, Online};
use super::failure::Failure;
use super::target::Target;
use crate::build::licences_of;

/// The status under which a robots.txt is kept that no server answered for: what RFC 9309 has for errors of a server
/// holds (section 2.3.1.4).
const NO_ANSWER: u16 = 503;

/// What the files of one site say.
#[derive(Debug, Default)]
pub(crate) struct SiteAnswers {
    /// The files, each under the key under which a build finds what lies in a crawl.
    pub(crate) facts: Vec<(String, SiteFact)>,
    /// What could not be learned, and why.
    pub(crate) failures: Vec<String>,
    /// Whether there was no answer to the question for robots.txt.
    pub(crate) is_silent: bool,
}

impl Online {
    /// robots.txt, tdmrep.json, ai.txt and the RSL documents that robots.txt names, of the site of `origin`.
    pub(crate) fn site_facts(&self, origin: &str) -> SiteAnswers {
        let mut answers = SiteAnswers::default();
        if let Err(why) = Target::parse(origin, &self.options.allow_private) {
            answers.failures.push(format!("{origin}: {why}"));
            answers.is_silent = true;
            return answers;
        }
        let robots_url = format!("{origin}/robots.txt");
        let (status, body, captured_at) = match self.site_file(&robots_url).and_then(whole) {
            Ok(found) => (200, text_of(&found.answer), found.answer.fetched_at),
            Err(Failure::Status(status)) => (status, String::new(), self.now()),
            Err(why) => {
                answers.failures.push(format!("{robots_url}: {why}"));
                answers.is_silent = true;
                (NO_ANSWER, String::new(), self.now())
            }
        };
        let licences = licences_of(&body, origin, &self.options.agent, self.options.limits.robots_bytes);
        let (captured_at, record) = (Some(captured_at), found_at(&robots_url));
        answers.facts.push((SiteFact::robots_key(origin), SiteFact::Robots { status, body, captured_at, record }));
        let fixed = [SiteFile::Tdmrep, SiteFile::AiTxt].into_iter();
        let fixed = fixed.filter_map(|name| Some((name, format!("{origin}{}", name.path()?))));
        for (name, url) in fixed.chain(licences.into_iter().map(|url| (SiteFile::Rsl, url))) {
            let found = match self.site_file(&url) {
                // A page in the place of a file is no file of the site's.
                Ok(found) if name != SiteFile::Rsl && found.answer.kind() != PayloadKind::Other => continue,
                Ok(found) => found,
                Err(why) if why.is_absence() && name != SiteFile::Rsl => continue,
                Err(why) => {
                    answers.failures.push(format!("{url}: {why}"));
                    // Somebody said that there are terms: what they are is in doubt, and not nothing.
                    if name == SiteFile::Rsl {
                        answers.facts.push(self.unreadable(name, &url));
                    }
                    continue;
                }
            };
            let content_type = found.answer.header("content-type").unwrap_or_default().chars().take(200).collect();
            let captured_at = found.answer.fetched_at;
            let body = match whole(found) {
                Ok(found) => text_of(&found.answer),
                // It is there and nobody can read it.
                Err(why) => {
                    answers.failures.push(format!("{url}: {why}"));
                    answers.facts.push(self.unreadable(name, &url));
                    continue;
                }
            };
            let (captured_at, record) = (Some(captured_at), found_at(&url));
            let fact = SiteFact::File { name, content_type, body, captured_at, record };
            answers.facts.push((SiteFact::file_key(&origin_of(&url), path_of(&url)), fact));
        }
        answers
    }

    /// A file that cannot be had or read, which its reader is told by a byte that no such file has.
    fn unreadable(&self, name: SiteFile, url: &str) -> (String, SiteFact) {
        let (captured_at, record) = (Some(self.now()), found_at(url));
        let (content_type, body) = (String::new(), "\0".to_owned());
        let fact = SiteFact::File { name, content_type, body, captured_at, record };
        (SiteFact::file_key(&origin_of(url), path_of(url)), fact)
    }
}

/// An answer that could be unpacked.
fn whole(found: Found) -> Result<Found, Failure> {
    if found.answer.flaw == Some(Flaw::Encoding) {
        return Err(Failure::Unreachable("its content encoding is unknown or broken".to_owned()));
    }
    Ok(found)
}

/// A file that was asked for has its address where one of a crawl has its record.
fn found_at(url: &str) -> RecordLocator {
    RecordLocator { file: url.into(), offset: 0, length: 0, digest: String::new() }
}

fn text_of(answer: &Answer) -> String {
    match &answer.body {
        Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Body::Picture(_) => String::new(),
    }
}
