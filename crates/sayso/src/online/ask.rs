use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::answer::{Answer, PAGE_BYTES};
use super::cache::Cache;
use super::clock::{Clock, SystemClock};
use super::contact::user_agent;
use super::failure::Failure;
use super::fetch::{Fetched, Fetcher, Want};
use super::hosts::Hosts;
use super::memo::Memo;
use super::names::{CheckedNames, Names, SystemNames};
use super::options::OnlineOptions;
use super::realm::{Realm, Right};
use super::site::{SiteDocument, SiteFiles, SiteRobots};
use super::target::Target;
use crate::Error;

/// Asks sites what they say: politely, within limits, and once.
///
/// It can be shared by threads: requests to one host wait for each other, those to several run beside each other.
#[derive(Debug)]
pub struct Online {
    pub(crate) options: OnlineOptions,
    /// How names are looked up, and how Sayso calls itself: whoever fetches on its own does the same.
    pub(crate) names: CheckedNames,
    pub(crate) user_agent: String,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    cache: Option<Cache>,
    /// What other machines heard that no cache keeps for a day: failures, and answers that are nobody's to keep.
    heard: Option<Cache>,
    /// Which hosts may be asked, where not all of them.
    pub(super) realm: Option<Arc<dyn Realm>>,
    pub(super) hosts: Hosts,
    /// Origins that are left alone for the rest of the run, and why.
    left_alone: Mutex<HashMap<String, Failure>>,
    pub(super) robots: Memo<SiteRobots>,
    pub(super) files: Memo<SiteFiles>,
    pub(super) documents: Memo<Result<SiteDocument, Failure>>,
    cache_failure: Arc<OnceLock<String>>,
}

/// Redirects that are followed (RFC 9309, section 2.3.1.2 asks for five).
const MAX_REDIRECTS: usize = 5;

/// Origins that are left alone and remembered.
const LEFT_ALONE: usize = 16 << 10;

/// Where machines that share a run find what others heard.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Shared {
    /// The folder of answers that are kept for a day.
    pub(crate) cache: PathBuf,
    /// The folder of what is kept for the run alone: failures, and answers that are nobody's to keep.
    pub(crate) heard: PathBuf,
}

/// What stands at the end of all redirects.
pub(super) struct Found {
    /// Where it stands.
    pub(super) at: Target,
    pub(super) answer: Answer,
}

impl Online {
    /// Gets ready to ask; asks nobody yet.
    pub fn new(options: OnlineOptions) -> Result<Self, Error> {
        Self::with(options, Arc::new(SystemClock), Arc::new(SystemNames))
    }

    /// As [`Self::new`], by another clock and another way to find network addresses.
    pub fn with(options: OnlineOptions, clock: Arc<dyn Clock>, names: Arc<dyn Names>) -> Result<Self, Error> {
        let OnlineOptions { timeout, limits, .. } = options;
        let names = CheckedNames { names, allow_private: Arc::new(options.allow_private.clone()) };
        let user_agent = user_agent(&options.agent, options.contact.as_ref());
        Ok(Self {
            fetcher: Fetcher::new(names.clone(), &user_agent, timeout, limits, Arc::clone(&clock)),
            names,
            user_agent,
            cache: options.cache.as_deref().map(Cache::open).transpose()?,
            heard: None,
            realm: None,
            hosts: Hosts::new(Arc::clone(&clock), options.pause),
            clock,
            left_alone: Mutex::default(),
            robots: Memo::new(),
            files: Memo::new(),
            documents: Memo::new(),
            cache_failure: Arc::default(),
            options,
        })
    }

    /// The same for one run, in which hosts are asked by this realm. With `shared`, answers are kept where all machines find
    /// them that share the run.
    pub(crate) fn for_run(&self, realm: Arc<dyn Realm>, shared: Option<&Shared>) -> Result<Self, Error> {
        let mut options = self.options.clone();
        if let Some(shared) = shared {
            options.cache = Some(shared.cache.clone());
        }
        let online = Self::with(options, Arc::clone(&self.clock), Arc::clone(&self.names.names))?;
        Ok(Self {
            heard: shared.map(|shared| Cache::open(&shared.heard)).transpose()?,
            realm: Some(realm),
            cache_failure: Arc::clone(&self.cache_failure),
            ..online
        })
    }

    /// Why answers could not be kept, in words, where that happened. It takes nothing from what was said.
    #[must_use]
    pub fn cache_failure(&self) -> Option<&str> {
        self.cache_failure.get().map(String::as_str)
    }

    /// What time it is.
    pub(crate) fn now(&self) -> sayso_core::Timestamp {
        self.clock.now()
    }

    /// Reads `target`, following redirects. `may_go` says of each address on the way whether it may be asked.
    pub(super) fn follow(
        &self,
        target: &Target,
        want: Want,
        may_go: &dyn Fn(&Target) -> Result<(), Failure>,
    ) -> Result<Found, Failure> {
        let mut at = target.clone();
        for _ in 0..=MAX_REDIRECTS {
            may_go(&at)?;
            let answer = self.answer(&at, want)?;
            let Some(location) = answer.redirect() else {
                return match answer.status {
                    200..=299 => Ok(Found { at, answer }),
                    status => Err(Failure::Status(status)),
                };
            };
            at = at
                .join(location, &self.options.allow_private)
                .map_err(|failure| Failure::Refused(format!("it leads to an address that is not asked: {failure}")))?;
        }
        Err(Failure::Unreachable(format!("it leads on more than {MAX_REDIRECTS} times")))
    }

    /// One answer: from the cache where it is fresh, else from the server.
    fn answer(&self, target: &Target, want: Want) -> Result<Answer, Failure> {
        let url = target.as_str();
        let limit_bytes = match want {
            Want::SiteFile => self.options.limits.robots_bytes,
            Want::Capture | Want::Picture => PAGE_BYTES.min(self.options.limits.payload_bytes),
        };
        // What is kept of pictures is what they say, and not what they show.
        let cache = self.cache.as_ref().filter(|_| want != Want::Picture);
        let known = cache.and_then(|cache| cache.get(url));
        let known = known.filter(|known| !known.is_too_short(limit_bytes));
        if let Some(known) = known.as_ref().filter(|known| known.is_fresh(self.clock.now())) {
            return Ok(known.clone());
        }
        let heard = self.heard.as_ref().filter(|_| want == Want::SiteFile);
        if let Some(answer) = heard.and_then(|heard| heard.get(url)).filter(|answer| !answer.is_too_short(limit_bytes))
        {
            if matches!(answer.status, 429 | 503) {
                self.leave_alone(&target.origin(), wants_to_be_left_alone(&answer));
            }
            return Ok(answer);
        }
        if let Some(failure) = heard.and_then(|heard| heard.failure(url)) {
            return Err(failure);
        }
        let Ok(right) = self.enter(target.host()) else {
            // What another machine heard on another day of a long run is what is known.
            return known.filter(|known| known.is_of_the_week(self.clock.now())).ok_or(Failure::Elsewhere);
        };
        let answered = self.ask(target, want, known, &right);
        if let Some(heard) = heard {
            self.noted(match &answered {
                Ok(answer) if !answer.may_be_kept() => heard.put(url, answer),
                Ok(_) => Ok(()),
                Err(failure) => heard.put_failure(url, failure),
            });
        }
        answered
    }

    /// Asks the server.
    fn ask(&self, target: &Target, want: Want, known: Option<Answer>, right: &Right) -> Result<Answer, Failure> {
        let (url, origin) = (target.as_str(), target.origin());
        if let Some(failure) = self.left_alone(&origin) {
            return Err(failure);
        }
        let fetched = self.hosts.in_turn(target.host(), right, || {
            // Again, since another thread may have met with a refusal while this one waited.
            match self.left_alone(&origin) {
                Some(failure) => Err(failure),
                None => self.fetcher.fetch(target, want, known.as_ref()).map_err(|no_answer| {
                    if no_answer.is_servers {
                        self.leave_alone(&origin, no_answer.failure.clone());
                    }
                    no_answer.failure
                }),
            }
        })?;
        let answer = match (fetched, known) {
            (Fetched::Answer(answer), _) => answer,
            (Fetched::NotModified, Some(known)) => Answer { fetched_at: self.clock.now(), ..known },
            (Fetched::NotModified, None) => return Err(Failure::Status(304)),
        };
        if matches!(answer.status, 429 | 503) {
            self.leave_alone(&origin, wants_to_be_left_alone(&answer));
        }
        if want != Want::Picture {
            self.keep(url, &answer);
        }
        Ok(answer)
    }

    fn keep(&self, url: &str, answer: &Answer) {
        if let Some(cache) = self.cache.as_ref().filter(|_| answer.may_be_kept()) {
            self.noted(cache.put(url, answer));
        }
    }

    fn noted(&self, noted: io::Result<()>) {
        if let Err(error) = noted {
            let _ = self.cache_failure.set(error.to_string());
        }
    }

    fn left_alone(&self, origin: &str) -> Option<Failure> {
        self.left_alone.lock().unwrap_or_else(PoisonError::into_inner).get(origin).cloned()
    }

    fn leave_alone(&self, origin: &str, failure: Failure) {
        let mut known = self.left_alone.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= LEFT_ALONE {
            known.clear();
        }
        known.insert(origin.to_owned(), failure);
    }
}

fn wants_to_be_left_alone(answer: &Answer) -> Failure {
    let after = answer.header("retry-after").map(|value| {
        let value: String = value.chars().take(64).collect();
        format!(", Retry-After: {value}")
    });
    let after = after.unwrap_or_default();
    Failure::Unreachable(format!("not asked, since its server said {} before{after}", answer.status))
}
