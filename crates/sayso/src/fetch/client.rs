use std::error::Error as _;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use sayso_core::{SignalKind, Timestamp};
use ureq::Agent;
use ureq::http::Response;
use ureq::unversioned::transport::DefaultConnector;

use super::kind::FetchKind;
use super::large::{Large, LargeBodies};
use super::names::RememberedNames;
use super::options::FetchOptions;
use crate::online::{RefusedAddress, Target, guarded};

/// Asks servers for pictures, one request each, without following where they send.
pub(super) struct Client {
    agent: Agent,
    from: Option<String>,
    picture_bytes: u64,
    large: Arc<LargeBodies>,
}

/// By what a server knows that it need not send a picture again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// What a server answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The headers that matter here, their names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The right to hold that much, where it is much.
    pub(super) _large: Option<Large>,
    pub(super) at: Timestamp,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: FetchKind,
    pub(super) message: String,
}

/// The headers that are kept beside those that carry signals.
const KEPT: [&str; 7] =
    ["content-type", "content-encoding", "etag", "last-modified", "link", "location", "retry-after"];

/// Bytes of a validator that is sent back.
const VALIDATOR_BYTES: usize = 512;

/// Headers of one name that are read: honest servers repeat none as often.
const MAX_HEADERS: usize = 64;

impl Reply {
    /// The first header of this lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn validators(&self) -> Validators {
        let of = |name| self.header(name).filter(|value| value.len() <= VALIDATOR_BYTES).map(str::to_owned);
        Validators { etag: of("etag"), last_modified: of("last-modified") }
    }
}

impl Client {
    pub(super) fn new(options: &FetchOptions) -> Self {
        let timeout = options.limits.timeout;
        let (hosts, connections) = (options.manners.hosts.get(), options.manners.connections.get());
        let config = guarded(&options.online.user_agent, timeout)
            .accept("image/*,*/*;q=0.1")
            // A picture is compressed already, and what it was compressed to is what its digest is of.
            .accept_encoding("identity")
            .max_idle_connections(hosts)
            .max_idle_connections_per_host(connections)
            .max_idle_age(Duration::from_secs(60))
            .build();
        let names = RememberedNames::new(options.online.names.clone());
        let contact = options.online.options.contact.as_ref();
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), names),
            from: contact.and_then(|contact| contact.mail()).map(str::to_owned),
            picture_bytes: options.limits.picture_bytes,
            large: Arc::new(LargeBodies::new()),
        }
    }

    /// Sends one request. `now` says when an answer came.
    pub(super) fn get(
        &self,
        target: &Target,
        known: &Validators,
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Reply, Trouble> {
        let mut request = self.agent.get(target.as_str());
        if let Some(from) = &self.from {
            request = request.header("From", from);
        }
        for (condition, value) in [("If-None-Match", &known.etag), ("If-Modified-Since", &known.last_modified)] {
            if let Some(value) = value {
                request = request.header(condition, value);
            }
        }
        let response = request.call().map_err(|error| trouble(&error))?;
        let status = response.status().as_u16();
        let headers = headers_of(&response);
        let at = now();
        // What stands in an error, or behind a redirect, is read by nobody.
        let (body, _large) = if (200..300).contains(&status) { self.body(response)? } else { (Vec::new(), None) };
        Ok(Reply { status, headers, body, _large, at })
    }

    fn body(&self, response: Response<ureq::Body>) -> Result<(Vec<u8>, Option<Large>), Trouble> {
        let too_large = || Trouble {
            kind: FetchKind::TooLarge,
            message: format!("the file has more than {} bytes", self.picture_bytes),
        };
        // Who says so need not be read.
        if response.body().content_length().is_some_and(|length| length > self.picture_bytes) {
            return Err(too_large());
        }
        let mut reader = response.into_body().into_reader();
        let (mut body, mut large) = (Vec::new(), None);
        let small = super::large::SMALL_BYTES.min(self.picture_bytes.saturating_add(1));
        (&mut reader).take(small).read_to_end(&mut body).map_err(|error| broken_off(&error))?;
        if body.len() as u64 == small {
            large = Some(self.large.hold());
            let rest = self.picture_bytes.saturating_add(1).saturating_sub(small);
            reader.take(rest).read_to_end(&mut body).map_err(|error| broken_off(&error))?;
        }
        if body.len() as u64 > self.picture_bytes { Err(too_large()) } else { Ok((body, large)) }
    }
}

fn headers_of(response: &Response<ureq::Body>) -> Vec<(String, String)> {
    let is_kept = |name: &str| SignalKind::of_header(name).is_some() || KEPT.contains(&name);
    let kept = response.headers().iter().filter(|(name, _)| is_kept(name.as_str()));
    let kept =
        kept.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    kept.take(MAX_HEADERS).collect()
}

fn broken_off(error: &std::io::Error) -> Trouble {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        Some(inner @ ureq::Error::Timeout(_)) => trouble(inner),
        _ => Trouble { kind: FetchKind::Truncated, message: format!("the answer broke off: {error}") },
    }
}

fn trouble(error: &ureq::Error) -> Trouble {
    let of = |kind, message: String| Trouble { kind, message };
    match error {
        ureq::Error::Other(other) => match other.downcast_ref::<RefusedAddress>() {
            Some(refused) => of(FetchKind::PrivateAddress, refused.to_string()),
            None => of(FetchKind::Connection, other.to_string()),
        },
        ureq::Error::HostNotFound => of(FetchKind::Dns, "its host has no network address".to_owned()),
        ureq::Error::Timeout(ureq::Timeout::Resolve) => {
            of(FetchKind::Dns, "its host's network address was not found in time".to_owned())
        }
        ureq::Error::Timeout(_) => of(FetchKind::Timeout, "it did not come in time".to_owned()),
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => {
                of(FetchKind::ConnectionRefused, "its host does not take connections".to_owned())
            }
            std::io::ErrorKind::TimedOut => of(FetchKind::Timeout, "it did not come in time".to_owned()),
            // What rustls says of certificates and of what is no TLS comes as this.
            std::io::ErrorKind::InvalidData => of(FetchKind::Tls, error.to_string()),
            _ => of(FetchKind::Connection, error.to_string()),
        },
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => of(FetchKind::Tls, error.to_string()),
        ureq::Error::ConnectionFailed => of(FetchKind::Connection, error.to_string()),
        error => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            of(FetchKind::BadAnswer, format!("{error}{cause}"))
        }
    }
}
