//! A server that keeps a registry, and browsers that visit it.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::time::Duration;

use sayso::claims::RegistryPlace;
use sayso::online::{AllowPrivate, Online, OnlineOptions};
use sayso_server::{Rate, RegistryLimits, RegistryService};

use super::{Answer, Running, demo_dataset, limits, start_as};

pub(crate) fn generous() -> RegistryLimits {
    let rate = Rate { burst: NonZeroU32::new(10_000).unwrap(), every: Duration::from_millis(1) };
    RegistryLimits {
        claims: rate,
        reports: rate,
        log_ins: rate,
        verifications: rate,
        steps: rate,
        look_ups: rate,
        hidden_a_day: 1_000,
        session_time: Duration::from_secs(3_600),
        asked_at_once: NonZeroUsize::new(16).unwrap(),
    }
}

pub(crate) fn service(registry: &Path, limits: RegistryLimits) -> RegistryService {
    let online = Online::new(OnlineOptions {
        agent: "sayso".to_owned(),
        limits: sayso::build::default_limits(),
        contact: None,
        allow_private: AllowPrivate::Nobody,
        pause: Duration::ZERO,
        timeout: Duration::from_secs(5),
        cache: None,
    })
    .unwrap();
    RegistryService {
        place: RegistryPlace::of(registry),
        online,
        resolver: None,
        public_url: None,
        witnesses: Vec::new(),
        is_behind_proxy: false,
        limits,
    }
}

pub(crate) fn keep(registry: &Path, limits_of: RegistryLimits) -> Running {
    start_as(&[demo_dataset().to_owned()], limits(), |server| {
        server.keep_registry(service(registry, limits_of)).unwrap()
    })
}

/// Somebody with a browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visitor {
    pub(crate) cookie: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Visitor {
    pub(crate) fn with_cookie(cookie: &str) -> Self {
        Self { cookie: cookie.to_owned(), headers: Vec::new() }
    }

    pub(crate) fn get(&mut self, server: &Running, path: &str) -> Answer {
        let mut headers = self.headers.clone();
        if !self.cookie.is_empty() {
            headers.push(("cookie", self.cookie.clone()));
        }
        let answer = server.ask("GET", path, &headers, b"");
        self.take_cookie(&answer);
        answer
    }

    /// The token that forms of this visitor carry.
    pub(crate) fn form(&mut self, server: &Running) -> String {
        let headers = std::mem::take(&mut self.headers);
        let page = self.get(server, "/claim");
        self.headers = headers;
        page.body.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Fills in a form and sends it.
    pub(crate) fn post(&mut self, server: &Running, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.form(server);
        let mut all = vec![("form", form.as_str())];
        all.extend(fields);
        self.post_as_it_is(server, path, &all)
    }

    pub(crate) fn post_as_it_is(&mut self, server: &Running, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut headers = self.headers.clone();
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        headers.push(("cookie", self.cookie.clone()));
        let answer = server.ask("POST", path, &headers, body.as_bytes());
        self.take_cookie(&answer);
        answer
    }

    fn take_cookie(&mut self, answer: &Answer) {
        let set = answer.header("set-cookie");
        if let Some(cookie) = set.split(';').next().filter(|cookie| cookie.contains('=')) {
            self.cookie = cookie.to_owned();
        }
    }
}

/// What stands between two texts.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).unwrap_or_else(|| unreachable!("{before} in {text}")).split(after).next().unwrap()
}
