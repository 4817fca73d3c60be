use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use sayso_core::Timestamp;

use super::ask::Online;
use super::failure::Failure;
use super::target::Target;

/// Says which hosts this process may ask, where several machines share the work.
pub(crate) trait Realm: Debug + Send + Sync {
    /// The right to ask a host, for as long as it is held; `None` where somebody else has it.
    fn enter(&self, host: &str) -> Option<Arc<dyn Rests>>;
}

/// Remembers until when hosts rest, for whoever asks them next.
pub(crate) trait Rests: Send + Sync {
    /// Until when a host rests, as far as is known from others.
    fn until(&self, host: &str) -> Option<Timestamp>;

    /// Notes that a host rests; `slowed` is its pause, where it asked for a longer one than usual.
    fn note(&self, host: &str, until: Timestamp, slowed: Option<Duration>);
}

/// The right to ask a host; without a realm everybody has it, and nothing is noted.
pub(crate) type Right = Option<Arc<dyn Rests>>;

impl Online {
    /// The right to ask a host.
    pub(crate) fn enter(&self, host: &str) -> Result<Right, Failure> {
        match &self.realm {
            None => Ok(None),
            Some(realm) => realm.enter(host).map(Some).ok_or(Failure::Elsewhere),
        }
    }

    /// Whether a host is asked by somebody else.
    pub(crate) fn is_elsewhere(&self, host: &str) -> bool {
        self.enter(host).is_err()
    }

    /// Runs a request of somebody else's client when it is its turn at a host: no other request is on the way there, and the
    /// pause behind the last one is over. Where the host is to get several at a time, only the pause is noted.
    pub(crate) fn in_turn<T>(&self, host: &str, right: &Right, is_alone: bool, request: impl FnOnce() -> T) -> T {
        if is_alone {
            return self.hosts.in_turn(host, right, request);
        }
        let result = request();
        self.note_rest(host, right, self.hosts.pause_at(host));
        result
    }

    /// Notes that a host rests for so long from now on.
    pub(crate) fn note_rest(&self, host: &str, right: &Right, rest: Duration) {
        self.hosts.note(host, right, rest);
    }

    /// How long a host still rests: the pause behind the last request, or what others have noted.
    pub(crate) fn rest_at(&self, host: &str) -> Duration {
        let right = self.enter(host).ok().flatten();
        self.hosts.rest_at(host, &right)
    }

    /// Whether the robots.txt of a site lies where only others may ask.
    pub(crate) fn robots_lie_elsewhere(&self, site: &Target) -> bool {
        self.realm.is_some() && self.robots_of(site).gap.as_ref().is_some_and(|gap| gap.why == Failure::Elsewhere)
    }

    /// Whether something of what a site says, all of which was looked for, lies where only others may ask.
    pub(crate) fn lies_elsewhere(&self, site: &Target) -> bool {
        if self.realm.is_none() {
            return false;
        }
        self.robots_lie_elsewhere(site)
            || self.files_of(site).gaps.iter().any(|gap| gap.why == Failure::Elsewhere)
            || self.robots_of(site).licences.iter().any(|url| self.document_lies_elsewhere(url))
    }

    /// Whether an RSL document lies where only others may ask.
    pub(crate) fn document_lies_elsewhere(&self, url: &str) -> bool {
        self.realm.is_some() && matches!(&*self.rsl_document(url), Err(Failure::Elsewhere))
    }
}
