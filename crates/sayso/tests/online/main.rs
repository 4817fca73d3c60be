//! Sites that are asked over HTTP, well-behaved ones and others. All of them are this test's own, on 127.0.0.1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../crawl/mod.rs"]
mod crawl;
mod kept;
mod reach;
mod redirects;
mod said;
#[path = "../sites/mod.rs"]
mod sites;
#[path = "../support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use sayso::build::default_limits;
use sayso::online::{AllowPrivate, Clock, Names, Online, OnlineOptions, OnlineReading, SystemNames};
use sayso::signals::SourceKind;
use sayso_core::{Preference, Stance, Statement, Timestamp, UsageCategory};
use sites::{Site, reply, text};

/// A clock that stands still but for what a test adds to it; waiting takes no time.
#[derive(Debug)]
struct TestClock(AtomicI64);

const HOUR: i64 = 3_600_000_000;

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000 + self.0.load(Ordering::Relaxed))
    }

    fn wait(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
    }
}

/// Names that lead to the sites of a test, whatever their port.
#[derive(Debug, Default)]
struct TestNames {
    hosts: HashMap<&'static str, SocketAddr>,
    lookups: AtomicUsize,
}

impl Names for TestNames {
    fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        match self.hosts.get(host) {
            Some(address) => Ok(vec![*address]),
            None if host.ends_with(".example") => Err(io::Error::other("no such name")),
            None => SystemNames.addresses(host, port),
        }
    }
}

fn options(cache: Option<&Path>) -> OnlineOptions {
    OnlineOptions {
        agent: "testbot".to_owned(),
        limits: default_limits(),
        contact: None,
        allow_private: AllowPrivate::Everybody,
        pause: Duration::ZERO,
        timeout: Duration::from_secs(20),
        cache: cache.map(Path::to_owned),
    }
}

fn online() -> Online {
    Online::new(options(None)).unwrap()
}

fn online_with(cache: &Path, clock: &Arc<TestClock>) -> Online {
    Online::with(options(Some(cache)), clock.clone(), Arc::new(SystemNames)).unwrap()
}

fn read(online: &Online, url: &str) -> OnlineReading {
    online.read(url, url).unwrap()
}

fn sources(reading: &OnlineReading) -> Vec<(SourceKind, usize)> {
    reading.sources.iter().map(|source| (source.kind, source.statements.len())).collect()
}

/// What could not be learned.
fn gaps(reading: &OnlineReading) -> Vec<String> {
    reading.gaps.iter().filter(|gap| !gap.why.is_absence()).map(|gap| gap.why.to_string()).collect()
}

fn stances(statements: &[Statement], category: UsageCategory) -> Vec<Stance> {
    let of = |preference: &&Preference| preference.category == category;
    statements.iter().flat_map(|statement| statement.preferences.iter().filter(of)).map(|p| p.stance).collect()
}

fn codes(statements: &[Statement]) -> Vec<String> {
    let mut codes: Vec<_> =
        statements.iter().flat_map(|statement| &statement.preferences).map(|p| p.code.to_string()).collect();
    codes.sort();
    codes.dedup();
    codes
}

const ROBOTS: &str =
    "License: /terms.xml\nUser-agent: *\nAllow: /\nContent-Usage: train-ai=n\n\nUser-agent: GPTBot\nDisallow: /\n";
const TDMREP: &str = r#"[{"location":"/*","tdm-reservation":1}]"#;
const AI_TXT: &str = "User-Agent: *\nDisallow: *.jpg\nAllow: /\n";
const RSL: &str = r#"<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>
    <prohibits type="usage">ai-train</prohibits></license></content></rsl>"#;
const PAGE: &str = "<html><head><meta name=robots content=noai><link rel=license href=/cc></head></html>";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn a_site() -> Site {
    Site::of(vec![
        ("/robots.txt", text(ROBOTS)),
        ("/.well-known/tdmrep.json", reply(200, "Content-Type: application/json\r\n", TDMREP)),
        ("/ai.txt", text(AI_TXT)),
        ("/terms.xml", reply(200, "Content-Type: application/rsl+xml\r\n", RSL)),
        ("/", reply(200, "Content-Type: text/html\r\nX-Robots-Tag: noimageai\r\n", PAGE)),
    ])
}

/// What a robots.txt says that was not to be had (RFC 9309, section 2.3.1.4).
const OUT_OF_REACH: [&str; 2] = ["robots-assumed-disallowed", "robots-unreachable"];
