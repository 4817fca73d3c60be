use sayso_consent::files::Rsl;
use sayso_core::{Speaker, Statement};
use sayso_crawl::path_of;

use super::ask::Online;
use super::failure::Failure;
use super::target::Target;
use crate::build::SiteFileRead;

/// What one file of a site says of the use of an address.
#[derive(Debug, Clone)]
pub(crate) struct SiteSaid {
    /// Where the file stands.
    pub(crate) url: String,
    pub(crate) statements: Vec<Statement>,
}

impl Online {
    /// Whether robots.txt, tdmrep.json and ai.txt of an address's site were read in this run.
    pub(crate) fn knows_site(&self, target: &Target) -> bool {
        self.knows_robots(target) && self.files.knows(&target.origin())
    }

    /// Reads tdmrep.json and ai.txt of an address's site, unless they were.
    pub(crate) fn read_site(&self, target: &Target) {
        drop(self.files_of(target));
    }

    /// The RSL documents that a site's robots.txt names and that were not asked for in this run.
    pub(crate) fn unread_rsl(&self, target: &Target) -> Vec<String> {
        let robots = self.robots_of(target);
        robots.licences.iter().filter(|url| !self.documents.knows(url)).cloned().collect()
    }

    /// What all files of a site say of the use of `about`, an address there: robots.txt, tdmrep.json, ai.txt, and the RSL
    /// documents that robots.txt names.
    pub(crate) fn site_says(&self, target: &Target, about: &str, speaker: Speaker) -> Vec<SiteSaid> {
        let robots = self.robots_of(target);
        let statements = robots.fetch.statements(speaker, path_of(about), &self.options.agent);
        let mut said = vec![SiteSaid { url: robots.url.clone(), statements }];
        for (_, file) in &self.files_of(target).files {
            said.push(SiteSaid { url: file.url.clone(), statements: file.statements(speaker, about) });
        }
        for url in &robots.licences {
            said.push(SiteSaid { url: url.clone(), statements: self.rsl_says(url, about, speaker) });
        }
        said
    }

    /// What an RSL document that somebody names says of the use of `about`. One that cannot be had leaves every use in doubt:
    /// somebody said that there are terms.
    pub(crate) fn rsl_says(&self, url: &str, about: &str, speaker: Speaker) -> Vec<Statement> {
        match &*self.rsl_document(url) {
            Ok(document) => document.statements(speaker, about),
            Err(why) => self.rsl_in_doubt(url, why).statements(speaker, about),
        }
    }

    fn rsl_in_doubt(&self, url: &str, why: &Failure) -> SiteFileRead {
        let why = format!("{url} is named and could not be had: {why}");
        SiteFileRead::Rsl(Rsl::out_of_reach(&why, self.options.limits.signal_bytes))
    }
}
