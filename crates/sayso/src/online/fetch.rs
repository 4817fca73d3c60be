use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use sayso_core::Limits;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};
use ureq::unversioned::transport::DefaultConnector;

use super::answer::{Answer, Body, Flaw, PAGE_BYTES, PICTURE_BYTES, is_kept};
use super::clock::Clock;
use super::failure::Failure;
use super::guarded::guarded;
use super::names::{CheckedNames, RefusedAddress};
use super::target::Target;

/// Asks servers, one request after the other, without following where they send.
#[derive(Debug)]
pub(super) struct Fetcher {
    agent: Agent,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

/// What an address is asked for, on which depends how much of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// A file that speaks for a site.
    SiteFile,
    /// A page or a picture.
    Capture,
    /// A picture that somebody wants to see.
    Picture,
}

/// What came of one request.
pub(super) enum Fetched {
    Answer(Answer),
    /// What is known already is still what is there (304).
    NotModified,
}

/// Why no answer came.
pub(super) struct NoAnswer {
    pub(super) failure: Failure,
    /// Whether the whole server is out of reach, so that nothing else need be asked of it.
    pub(super) is_servers: bool,
}

impl Fetcher {
    pub(super) fn new(
        names: CheckedNames,
        user_agent: &str,
        timeout: Duration,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let config = guarded(user_agent, timeout)
            .accept_encoding("gzip")
            .max_idle_connections(8)
            .max_idle_connections_per_host(1)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), names);
        Self { agent, limits, clock }
    }

    /// Sends one request. With `known`, the server need not send again what is still the same.
    pub(super) fn fetch(&self, target: &Target, want: Want, known: Option<&Answer>) -> Result<Fetched, NoAnswer> {
        let mut request = self.agent.get(target.as_str());
        // Of a page or picture the headers say what is wanted, and many servers leave them out of a 304.
        let known = known.filter(|_| want == Want::SiteFile);
        for (condition, validator) in [("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")] {
            if let Some(value) = known.and_then(|known| known.header(validator)) {
                request = request.header(condition, value);
            }
        }
        let response = request.call().map_err(no_answer)?;
        let status = response.status().as_u16();
        if status == 304 && known.is_some() {
            return Ok(Fetched::NotModified);
        }
        let headers = headers_of(response.headers());
        let limit_bytes = self.limit_of(want, response.headers());
        let (body, flaw) = self.body(response, want, limit_bytes)?;
        Ok(Fetched::Answer(Answer { status, headers, body, flaw, fetched_at: self.clock.now() }))
    }

    fn body(
        &self,
        response: Response<ureq::Body>,
        want: Want,
        limit_bytes: u64,
    ) -> Result<(Body, Option<Flaw>), NoAnswer> {
        let text =
            |name| response.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let (content_type, encoding) = (text("content-type"), text("content-encoding"));
        let is_success = response.status().is_success();
        let mut sent = Vec::new();
        // What stands in an error is read by nobody.
        if is_success {
            let reader = response.into_body().into_reader();
            reader.take(limit_bytes.saturating_add(1)).read_to_end(&mut sent).map_err(|error| NoAnswer {
                failure: Failure::Unreachable(match error.kind() {
                    std::io::ErrorKind::TimedOut => "its answer did not come to an end in time".to_owned(),
                    _ => format!("the answer broke off: {error}"),
                }),
                is_servers: false,
            })?;
        }
        if want == Want::Picture {
            // Pictures are not sent in an encoding; one that is cannot be decoded, and is not shown.
            let flaw = (sent.len() as u64 > limit_bytes).then_some(Flaw::Cut { limit_bytes });
            return Ok((Body::Bytes(sent.into()), flaw));
        }
        let encoding = encoding.filter(|encoding| !encoding.is_empty());
        Ok(Body::read(sent, content_type.as_deref(), encoding.as_deref(), limit_bytes, &self.limits))
    }

    fn limit_of(&self, want: Want, headers: &HeaderMap) -> u64 {
        let media_type = headers.get("content-type").map_or(&b""[..], |value| value.as_bytes()).to_ascii_lowercase();
        let may_be_picture = media_type.is_empty()
            || [&b"image/"[..], b"application/octet-stream"].iter().any(|start| media_type.starts_with(start));
        match want {
            Want::SiteFile => self.limits.robots_bytes,
            Want::Picture => PICTURE_BYTES.min(self.limits.payload_bytes),
            Want::Capture if may_be_picture => PICTURE_BYTES.min(self.limits.payload_bytes),
            Want::Capture => PAGE_BYTES.min(self.limits.payload_bytes),
        }
    }
}

fn headers_of(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = headers.iter().filter(|(name, _)| is_kept(name.as_str()));
    kept.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

fn no_answer(error: ureq::Error) -> NoAnswer {
    let servers = |why: &str| NoAnswer { failure: Failure::Unreachable(why.to_owned()), is_servers: true };
    match error {
        ureq::Error::Other(error) => match error.downcast::<RefusedAddress>() {
            Ok(refused) => NoAnswer { failure: refused.0, is_servers: true },
            Err(error) => servers(&error.to_string()),
        },
        ureq::Error::HostNotFound => servers("its host has no network address"),
        ureq::Error::Timeout(_) => servers("it did not answer in time"),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            servers("it does not take connections")
        }
        ureq::Error::Io(error) => servers(&error.to_string()),
        ureq::Error::ConnectionFailed | ureq::Error::Tls(_) | ureq::Error::Rustls(_) => servers(&error.to_string()),
        // What is wrong with one answer need not be wrong with the next.
        error => NoAnswer { failure: Failure::Unreachable(error.to_string()), is_servers: false },
    }
}
