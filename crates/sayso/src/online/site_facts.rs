//! What the files of a site say now, in the form in which a crawl has it.

use sayso_core::RecordLocator;
use sayso_crawl::{SiteFact, SiteFile, origin_of, path_of};

use super::answer::{Answer, Body};
use super::ask::Online;
use super::failure::Failure;
use crate::build::licences_of;

/// The status under which a robots.txt is kept that no server answered for: what RFC 9309 has for errors of a server
/// holds (section 2.3.1.4).
const NO_ANSWER: u16 = 503;

impl Online {
    /// robots.txt, tdmrep.json, ai.txt and the RSL documents that robots.txt names, of the site of `origin`, each under
    /// the key under which a build finds what lies in a crawl. An origin that may not be asked has none.
    pub(crate) fn site_facts(&self, origin: &str) -> Vec<(String, SiteFact)> {
        let mut facts = Vec::new();
        let robots_url = format!("{origin}/robots.txt");
        let (status, body, captured_at) = match self.site_file(&robots_url) {
            Ok(found) => (200, text_of(&found.answer), Some(found.answer.fetched_at)),
            Err(Failure::Status(status)) => (status, String::new(), None),
            Err(Failure::Refused(_)) => return facts,
            Err(_) => (NO_ANSWER, String::new(), None),
        };
        let licences = licences_of(&body, origin, &self.options.agent, self.options.limits.robots_bytes);
        let captured_at = captured_at.or_else(|| Some(self.now()));
        let record = found_at(&robots_url);
        facts.push((SiteFact::robots_key(origin), SiteFact::Robots { status, body, captured_at, record }));
        let fixed = [SiteFile::Tdmrep, SiteFile::AiTxt].into_iter();
        let fixed = fixed.filter_map(|name| Some((name, format!("{origin}{}", name.path()?))));
        for (name, url) in fixed.chain(licences.into_iter().map(|url| (SiteFile::Rsl, url))) {
            let Ok(found) = self.site_file(&url) else { continue };
            let fact = SiteFact::File {
                name,
                content_type: found.answer.header("content-type").unwrap_or_default().chars().take(200).collect(),
                body: text_of(&found.answer),
                captured_at: Some(found.answer.fetched_at),
                record: found_at(&url),
            };
            facts.push((SiteFact::file_key(&origin_of(&url), path_of(&url)), fact));
        }
        facts
    }
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
