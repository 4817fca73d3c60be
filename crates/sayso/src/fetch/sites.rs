//! The first half of gate 1: what the files of the sites of a picture and of its pages say.

use std::sync::Arc;
use std::time::Duration;

use sayso_consent::robots::RobotsFetch;
use sayso_core::Speaker;

use super::ask::{Asker, Job, Step};
use super::said::add;
use crate::online::{Online, Target};

impl Asker<'_> {
    /// Asks the site of a page what it says, a file a turn; then it is the turn of the next.
    pub(super) fn visit_page_site(&self, mut job: Job, site: &Target, is_given_up: bool) -> Step {
        if self.online().knows_robots(site) && self.online().robots_lie_elsewhere(site) {
            return Step::Deferred(job.part);
        }
        let is_open = !is_given_up
            && (!self.online().knows_robots(site)
                || !matches!(self.online().robots_of(site).fetch, RobotsFetch::Unreachable));
        if is_open && let Some(rest) = read_site(self.online(), site) {
            return Step::Again(job, rest);
        }
        if is_open && self.online().lies_elsewhere(site) {
            return Step::Deferred(job.part);
        }
        job.page_sites.pop();
        Step::Elsewhere(job, Duration::ZERO)
    }

    /// What the files of the sites of picture and pages say, of which all were read; whether all of that can be known here.
    pub(super) fn hear_sites(&self, job: &mut Job) -> bool {
        let (online, now) = (self.online(), self.online().now());
        for said in online.site_says(&job.at, job.at.as_str(), Speaker::PictureSite) {
            job.said.of_picture(said.statements, &said.url, now);
        }
        let part = Arc::clone(&job.part);
        for row in part.rows_of(job.group) {
            let url = part.page_url(row);
            if job.said.knows_page(url) {
                continue;
            }
            let Ok(site) = Target::parse(url, &online.options.allow_private) else { continue };
            if online.robots_lie_elsewhere(&site) {
                return false;
            }
            let mut said = Vec::new();
            // Silence of a page's site refuses nobody either.
            if !matches!(online.robots_of(&site).fetch, RobotsFetch::Unreachable) {
                if online.lies_elsewhere(&site) {
                    return false;
                }
                for file in online.site_says(&site, url, Speaker::PageSite) {
                    add(&mut said, file.statements, &file.url, now);
                }
            }
            job.said.of_page(url, said);
        }
        true
    }
}

/// Reads what of a site's files was not read yet, one after the other; says how long the host rests behind it.
pub(super) fn read_site(online: &Online, site: &Target) -> Option<Duration> {
    if !online.knows_robots(site) {
        drop(online.robots_of(site));
    } else if !online.knows_site(site) {
        online.read_site(site);
    } else if let Some(url) = online.unread_rsl(site).first() {
        drop(online.rsl_document(url));
    } else {
        return None;
    }
    // What came from the cache was no request.
    Some(online.rest_at(site.host()))
}
