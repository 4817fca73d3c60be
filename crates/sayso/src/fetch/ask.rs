//! One step on the way to a picture: robots.txt, gate 1, the request, and where it leads.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::RobotsFetch;
use sayso_core::{Signal, Speaker, Timestamp};

use super::back_off::{rest, retry_after};
use super::client::{Client, Reply, Trouble, Validators};
use super::gate::Gate;
use super::kind::FetchKind;
use super::options::{FetchOptions, LONGEST_WAIT};
use super::part::Part;
use super::said::Said;
use super::sites::read_site;
use super::turns::Asks;
use crate::Error;
use crate::online::{Failure, Online, Right, Target};
use crate::signals::rsl_links;

/// A picture that is asked for: the group's address, or where that led.
pub(super) struct Job {
    pub(super) part: Arc<Part>,
    pub(super) group: usize,
    pub(super) at: Target,
    /// The sites of the pages on which it stands, as far as they were not asked yet what they say.
    pub(super) page_sites: Vec<Target>,
    /// What was learned on the way.
    pub(super) said: Said,
    redirects: u32,
    attempts: u32,
}

/// What there is to do next.
pub(super) enum Step {
    /// The same once more, after the host has rested.
    Again(Job, Duration),
    /// It is another host's turn. This one rests behind what it was asked.
    Elsewhere(Job, Duration),
    /// It came to an end.
    Done(Answered),
    /// It leads to where another machine asks: nothing came of it here.
    Deferred(Arc<Part>),
}

/// The end of the way to a picture.
pub(super) struct Answered {
    pub(super) part: Arc<Part>,
    pub(super) group: usize,
    /// What sites and answers said on the way.
    pub(super) said: Said,
    /// The address that answered.
    pub(super) url: String,
    pub(super) result: Result<Reply, Trouble>,
    pub(super) at: Timestamp,
    /// Whether `url` is the sample's own address.
    pub(super) is_direct: bool,
    /// The server that was asked last, and what that comes to for it.
    pub(super) server: (String, FetchKind),
}

impl Asks for Job {
    fn origin(&self) -> String {
        self.place().origin()
    }
}

/// Redirects that are followed.
const MAX_REDIRECTS: u32 = 5;

/// RSL documents that the headers of one answer name and that are read, as many as elsewhere.
const MAX_RSL: usize = 16;

/// Asks for pictures.
pub(super) struct Asker<'a> {
    pub(super) options: &'a FetchOptions,
    pub(super) client: &'a Client,
    pub(super) gate: &'a Gate,
    /// Requests for pictures so far.
    pub(super) requests: &'a AtomicU64,
}

impl Job {
    pub(super) fn new(part: &Arc<Part>, group: usize, at: Target, page_sites: Vec<Target>) -> Self {
        let (part, said) = (Arc::clone(part), Said::default());
        Self { part, group, at, page_sites, said, redirects: 0, attempts: 0 }
    }

    /// The address that is asked next, or whose site is.
    pub(super) fn place(&self) -> &Target {
        self.page_sites.last().unwrap_or(&self.at)
    }
}

impl Asker<'_> {
    pub(super) fn online(&self) -> &Online {
        &self.options.online
    }

    /// Does the next step of a job whose turn it is.
    pub(super) fn step(&self, mut job: Job, given_up: Option<FetchKind>) -> Result<Step, Error> {
        if let Some(site) = job.page_sites.last().cloned() {
            return Ok(self.visit_page_site(job, &site, given_up.is_some()));
        }
        if self.online().is_elsewhere(job.at.host()) {
            return Ok(Step::Deferred(job.part));
        }
        if let Some(kind) = given_up {
            let message = "not asked, since its host was given up for this run".to_owned();
            return Ok(self.done(job, Err(Trouble { kind, message })));
        }
        if !self.online().knows_robots(&job.at) {
            self.online().robots_of(&job.at);
            // Where that was a request, the host rests behind it as behind any other.
            let rest = self.online().rest_at(job.at.host());
            return Ok(Step::Again(job, rest));
        }
        if self.online().robots_lie_elsewhere(&job.at) {
            return Ok(Step::Deferred(job.part));
        }
        if let Err(trouble) = self.may_come(&job) {
            return Ok(self.done(job, Err(trouble)));
        }
        let at = job.at.clone();
        if let Some(rest) = read_site(self.online(), &at) {
            return Ok(Step::Again(job, rest));
        }
        if self.online().lies_elsewhere(&job.at) {
            return Ok(Step::Deferred(job.part));
        }
        if !self.hear_sites(&mut job) {
            return Ok(Step::Deferred(job.part));
        }
        // What was heard first decides why it is not asked for: a site that keeps crawlers out says so of this one.
        if let Err(failure) = self.online().robots_of(&job.at).may_ask(&job.at, &self.online().options.agent) {
            let trouble = Trouble { kind: FetchKind::RobotsDisallowed, message: failure.to_string() };
            return Ok(self.done(job, Err(trouble)));
        }
        if !self.gate.opens(&job.part, job.group, &job.said)? {
            let message = "what is known by now refuses it".to_owned();
            return Ok(self.done(job, Err(Trouble { kind: FetchKind::RefusedBySite, message })));
        }
        let is_direct = job.redirects == 0;
        // Whoever wants the picture itself has no use for the answer that it is the same.
        let ask_whether_changed = is_direct && self.options.keep.is_none();
        let known = if ask_whether_changed { job.part.validators(job.group) } else { Validators::default() };
        let Ok(right) = self.online().enter(job.at.host()) else { return Ok(Step::Deferred(job.part)) };
        self.requests.fetch_add(1, Ordering::Relaxed);
        job.part.asked.fetch_add(1, Ordering::Relaxed);
        let reply = match self.get(&job.at, &known, &right) {
            Ok(reply) => reply,
            Err(trouble) => return Ok(self.again_or_done(job, trouble, None)),
        };
        let is_success = (200..300).contains(&reply.status) || reply.status == 304;
        let is_redirect = matches!(reply.status, 301 | 302 | 303 | 307 | 308) && reply.header("location").is_some();
        if (is_success || is_redirect) && !self.hear(&mut job, &reply) {
            return Ok(Step::Deferred(job.part));
        }
        if is_redirect {
            return Ok(self.led_on(job, &reply));
        }
        if is_success {
            return Ok(self.done(job, Ok(reply)));
        }
        let kind = FetchKind::of_status(reply.status);
        let after = retry_after(reply.header("retry-after"), self.online().now());
        let message = format!("the server says {}", reply.status);
        Ok(self.again_or_done(job, Trouble { kind, message }, after))
    }

    /// One request, when it is its turn.
    fn get(&self, at: &Target, known: &Validators, right: &Right) -> Result<Reply, Trouble> {
        let is_alone = self.options.manners.connections == NonZeroUsize::MIN;
        let online = self.online();
        online.in_turn(at.host(), right, is_alone, || self.client.get(at, known, &|| online.now()))
    }

    /// How long a host rests behind what it was asked.
    pub(super) fn rest_behind(&self, host: &str) -> Duration {
        match self.options.manners.connections {
            NonZeroUsize::MIN => self.online().rest_at(host),
            _ => self.online().pause_at(host),
        }
    }

    /// Whether the robots.txt of today could be had at all.
    fn may_come(&self, job: &Job) -> Result<(), Trouble> {
        let robots = self.online().robots_of(&job.at);
        match robots.fetch {
            // A server that is out of reach has refused nothing, and so nothing is learned here.
            RobotsFetch::Unreachable => Err(self.why_unreachable(&job.at, robots.gap.as_ref().map(|gap| &gap.why))),
            _ => Ok(()),
        }
    }

    /// Why a robots.txt could not be had: where it is the host that cannot be reached, that is what is told.
    fn why_unreachable(&self, at: &Target, gap: Option<&Failure>) -> Trouble {
        let robots = |kind| Trouble {
            kind,
            message: gap.map_or_else(String::new, |why| format!("its robots.txt could not be had: {why}")),
        };
        match gap {
            Some(Failure::Refused(_)) => robots(FetchKind::PrivateAddress),
            Some(Failure::Unreachable(_)) => {
                let url = format!("{}/robots.txt", at.origin());
                let target = Target::parse(&url, &self.online().options.allow_private);
                let tried = target
                    .and_then(|target| Ok(self.get(&target, &Validators::default(), &self.online().enter(at.host())?)));
                match tried {
                    Ok(Err(trouble)) => robots(trouble.kind),
                    Ok(Ok(_)) | Err(_) => robots(FetchKind::RobotsUnreachable),
                }
            }
            _ => robots(FetchKind::RobotsUnreachable),
        }
    }

    /// What the headers of an answer say, and the RSL documents that they name; whether all of that can be known here.
    fn hear(&self, job: &mut Job, reply: &Reply) -> bool {
        let limits = &self.online().options.limits;
        let signals: Vec<Signal> = reply
            .headers
            .iter()
            .filter_map(|(name, value)| {
                Signal::of_header(Speaker::Picture, name, value.as_bytes(), limits.signal_bytes)
            })
            .collect();
        let agent = self.online().options.agent.as_str();
        let said = sayso_consent::statements(&signals, AgentTable::builtin(), agent);
        job.said.of_picture(said, job.at.as_str(), reply.at);
        let links = reply.headers.iter().filter(|(name, _)| name == "link").map(|(_, value)| value.as_str());
        for link in rsl_links(links).into_iter().take(MAX_RSL) {
            let Ok(target) = job.at.join(&link, &self.online().options.allow_private) else { continue };
            if self.online().document_lies_elsewhere(target.as_str()) {
                return false;
            }
            let said = self.online().rsl_says(target.as_str(), job.at.as_str(), Speaker::Picture);
            job.said.of_picture(said, target.as_str(), reply.at);
        }
        true
    }

    fn led_on(&self, mut job: Job, reply: &Reply) -> Step {
        job.redirects += 1;
        job.attempts = 0;
        if job.redirects > MAX_REDIRECTS {
            let message = format!("it leads on more than {MAX_REDIRECTS} times");
            return self.led_astray(job, Trouble { kind: FetchKind::TooManyRedirects, message });
        }
        match job.at.join(reply.header("location").unwrap_or_default(), &self.online().options.allow_private) {
            Ok(target) => {
                let rest = self.rest_behind(job.at.host());
                job.at = target;
                Step::Elsewhere(job, rest)
            }
            Err(failure) => {
                let trouble = of_address(&failure);
                let message = format!("it leads to an address that is not asked: {}", trouble.message);
                self.led_astray(job, Trouble { message, ..trouble })
            }
        }
    }

    /// The end of a way that a server leads to where nobody goes. It answered, and there is nothing wrong with itself.
    fn led_astray(&self, job: Job, trouble: Trouble) -> Step {
        match self.done(job, Err(trouble)) {
            Step::Done(answered) => {
                let server = (answered.server.0, FetchKind::Fetched);
                Step::Done(Answered { server, ..answered })
            }
            step => step,
        }
    }

    /// Another try where there is hope, and patience left.
    fn again_or_done(&self, mut job: Job, trouble: Trouble, after: Option<Duration>) -> Step {
        let is_worth_it = trouble.kind.is_passing() && job.attempts < self.options.manners.retries;
        let longest = after.unwrap_or_default();
        if !is_worth_it || longest > LONGEST_WAIT {
            return self.done(job, Err(trouble));
        }
        let rest = rest(self.options.manners.back_off, job.attempts);
        job.attempts += 1;
        let host = job.at.host();
        let rest = rest.max(longest).max(self.online().pause_at(host));
        if let Ok(right) = self.online().enter(host) {
            self.online().note_rest(host, &right, rest);
        }
        Step::Again(job, rest)
    }

    fn done(&self, job: Job, result: Result<Reply, Trouble>) -> Step {
        let at = result.as_ref().map_or_else(|_| self.online().now(), |reply| reply.at);
        let Job { part, group, at: target, said, redirects, .. } = job;
        let kind = result.as_ref().map_or_else(|trouble| trouble.kind, |_| FetchKind::Fetched);
        let (url, server) = (target.as_str().to_owned(), (target.origin(), kind));
        Step::Done(Answered { part, group, said, url, result, at, is_direct: redirects == 0, server })
    }
}

/// The trouble with an address that is not asked.
pub(super) fn of_address(failure: &Failure) -> Trouble {
    let message = failure.to_string();
    let kind = if message.contains("is not public") { FetchKind::PrivateAddress } else { FetchKind::BadAddress };
    Trouble { kind, message }
}
