//! Sites that are asked over HTTP, well-behaved ones and others. All of them are this test's own, on 127.0.0.1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod crawl;
mod sites;
mod support;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use sayso::build::default_limits;
use sayso::check::AskSite;
use sayso::online::{AllowPrivate, Clock, Names, Online, OnlineOptions, OnlineReading, SystemNames};
use sayso::signals::{ExamineOptions, SourceAt, SourceKind, examine, examine_url};
use sayso_consent::judge;
use sayso_core::{PolicyName, Preference, Reason, Speaker, Stance, Statement, Subject, Timestamp, UsageCategory};
use sites::{Manner, Reply, Site, html, leads_to, nothing, reply, text};

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

#[test]
fn a_site_that_is_asked_says_what_its_files_say() {
    let site = a_site();
    let url = site.url("/");
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("robots.txt", ROBOTS);
    write(".well-known/tdmrep.json", TDMREP);
    write("ai.txt", AI_TXT);
    write("terms.xml", RSL);
    // A saved answer, as curl -i writes it, header names in lower case as HTTP/2 has them.
    write("index", &format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-robots-tag: noimageai\r\n\r\n{PAGE}"));
    let options = ExamineOptions { url: url.clone(), agent: "testbot".to_owned(), limits: default_limits() };
    let files = examine(&[dir.path().to_owned()], &options).unwrap();
    let asked = examine_url(&url, &[], &options, &online()).unwrap();
    for kind in [SourceKind::RobotsTxt, SourceKind::Tdmrep, SourceKind::AiTxt, SourceKind::Rsl, SourceKind::HttpAnswer]
    {
        let said = |sources: &[sayso::signals::Source]| {
            let source = sources.iter().find(|source| source.kind == kind).unwrap();
            let mut statements = source.statements.clone();
            // Where a header stood in the answer is not known of what a library has read.
            statements
                .iter_mut()
                .filter(|_| kind == SourceKind::HttpAnswer)
                .for_each(|s| Arc::make_mut(&mut s.signal).at_bytes = None);
            statements
        };
        assert!(!said(&files.sources).is_empty(), "{kind:?}");
        assert_eq!(said(&files.sources), said(&asked.sources), "{kind:?}");
    }
    assert_eq!((files.sources.len(), asked.sources.len()), (5, 5));
    assert_eq!(files.verdicts.len(), asked.verdicts.len());
    for (file, online) in files.verdicts.iter().zip(&asked.verdicts) {
        assert_eq!((file.purpose, file.stance), (online.purpose, online.stance));
    }
    assert!(asked.missing.is_empty() && asked.gaps.is_empty());
    assert_eq!(asked.sources[0].at, SourceAt::Url(site.url("/robots.txt")));
    // Whoever asks says who it is.
    for asked in site.asked() {
        let agent = asked.header("user-agent").unwrap();
        assert!(agent.starts_with(concat!("testbot sayso/", env!("CARGO_PKG_VERSION"), " (")), "{agent}");
    }
}

#[test]
fn a_crawl_of_the_site_says_the_same() {
    let page = format!("{PAGE}<img src='https://cdn.example/a.png' alt='a picture'>");
    let (body, headers) =
        (page.clone(), "content-type: text/html\r\nx-robots-tag: noimageai\r\ntdm-reservation: 1\r\n");
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => text(ROBOTS),
        "/.well-known/tdmrep.json" => reply(200, "content-type: application/json\r\n", TDMREP),
        "/ai.txt" => text(AI_TXT),
        "/terms.xml" => reply(200, "content-type: application/rsl+xml\r\n", RSL),
        "/a/page" => reply(200, headers, body.clone()),
        _ => nothing(),
    });
    let record = |path: &str, headers: &str, body: &str| crawl::response(&site.url(path), headers, body.as_bytes());
    let records = [
        record("/robots.txt", "content-type: text/plain\r\n", ROBOTS),
        record("/.well-known/tdmrep.json", "content-type: application/json\r\n", TDMREP),
        record("/ai.txt", "content-type: text/plain\r\n", AI_TXT),
        record("/terms.xml", "content-type: application/rsl+xml\r\n", RSL),
        record("/a/page", headers, &page),
    ];
    let dir = tempfile::tempdir().unwrap();
    let warc = dir.path().join("x.warc.gz");
    std::fs::write(&warc, records.iter().flat_map(|record| crawl::gzip(record)).collect::<Vec<u8>>()).unwrap();
    let mut build = support::options(&[&warc], &dir.path().join("out"), PolicyName::Record);
    build.agent = "testbot".to_owned();
    support::run(&build).unwrap();
    let samples = support::samples(&dir.path().join("out"));
    let said = |reasons: &[Reason]| {
        let mut said: Vec<_> = reasons
            .iter()
            .map(|reason| {
                let signal = reason.evidence.clone().unwrap();
                (
                    signal.kind,
                    signal.speaker,
                    signal.place.to_string(),
                    signal.raw.clone(),
                    reason.code.clone(),
                    reason.stance,
                )
            })
            .collect();
        said.sort_by_key(|said| format!("{said:?}"));
        said
    };
    let in_crawl = said(&samples[0].verdict().reasons);
    let url = site.url("/a/page");
    let statements = online().ask(&url).statements;
    let verdict = judge(&Subject { url: &url, page_url: &url }, &statements, None, &build.policy);
    assert_eq!(in_crawl, said(&verdict.reasons));
    assert!(in_crawl.len() >= 7, "{in_crawl:?}");
}

#[test]
fn each_file_of_a_site_is_asked_for_once() {
    let site = a_site();
    let online = online();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..5 {
                    let asked = online.ask(&site.url(&format!("/{number}.jpg")));
                    assert!(stances(&asked.statements, UsageCategory::TrainAi).contains(&Stance::Disallowed));
                }
            });
        }
    });
    let mut files: Vec<_> = site.paths().into_iter().filter(|path| !path.ends_with(".jpg")).collect();
    files.sort();
    assert_eq!(files, ["/.well-known/tdmrep.json", "/ai.txt", "/robots.txt", "/terms.xml"]);
    assert_eq!(site.paths().len(), 4 + 40);
}

#[test]
fn what_is_not_there_says_nothing_and_is_no_trouble() {
    let site = Site::of(vec![("/", html("<html></html>"))]);
    let url = site.url("/");
    let options = ExamineOptions { url: url.clone(), agent: "testbot".to_owned(), limits: default_limits() };
    let examination = examine_url(&url, &[], &options, &online()).unwrap();
    assert!(examination.gaps.is_empty());
    assert_eq!(examination.missing, [SourceKind::RobotsTxt, SourceKind::Tdmrep, SourceKind::AiTxt, SourceKind::Rsl]);
    assert!(examination.sources.iter().all(|source| source.statements.is_empty()));
    // The whole site answers every address with a page: that is no ai.txt and no tdmrep.json.
    let site = Site::start(|_| html("<!doctype html><html>User-Agent: *\nDisallow: /</html>"));
    let reading = read(&online(), &site.url("/"));
    assert_eq!(sources(&reading), [(SourceKind::RobotsTxt, 0), (SourceKind::HttpAnswer, 0)]);
    assert_eq!(gaps(&reading), [""; 0]);
}

/// What a robots.txt says that was not to be had (RFC 9309, section 2.3.1.4).
const OUT_OF_REACH: [&str; 2] = ["robots-assumed-disallowed", "robots-unreachable"];

#[test]
fn a_site_that_cannot_say_it_counts_as_closed() {
    let broken = |status| {
        Site::start(move |asked| if asked.path == "/" { html(PAGE) } else { reply(status, "Retry-After: 120\r\n", "") })
    };
    for (status, says) in [(500, "the server says 500"), (429, "the server says 429"), (503, "the server says 503")] {
        let site = broken(status);
        let asked = online().ask(&site.url("/"));
        assert_eq!(codes(&asked.statements), OUT_OF_REACH, "{status}");
        assert!(asked.failures[0].contains(says), "{:?}", asked.failures);
        let is_left_alone = status != 500;
        // A server that wants to be left alone is left alone; one that is broken is not asked for pages.
        let expected =
            if is_left_alone { &["/robots.txt"][..] } else { &["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"] };
        assert_eq!(site.paths(), expected, "{status}");
        let told = asked.failures.iter().any(|failure| failure.contains("Retry-After: 120"));
        assert_eq!(told, is_left_alone, "{:?}", asked.failures);
    }
    // 403 to the question for rules is no rule (RFC 9309), and no yes either.
    let site = broken(403);
    let asked = online().ask(&site.url("/"));
    assert!(codes(&asked.statements).contains(&"robots-unreachable".to_owned()));
    assert!(site.paths().contains(&"/".to_owned()));
}

#[test]
fn a_server_that_is_out_of_reach_is_asked_once() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let names = Arc::new(TestNames::default());
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let online = Online::with(options(None), clock, names.clone()).unwrap();
    let asked = online.ask(&format!("http://127.0.0.1:{port}/a.jpg"));
    assert_eq!(codes(&asked.statements), OUT_OF_REACH);
    assert!(asked.failures[0].ends_with("/robots.txt: it does not take connections"), "{:?}", asked.failures);
    assert_eq!(names.lookups.load(Ordering::Relaxed), 1);
    let asked = online.ask("http://nobody.example/a.jpg");
    assert!(asked.failures[0].contains("its host has no network address"), "{:?}", asked.failures);
    assert_eq!(names.lookups.load(Ordering::Relaxed), 2);
    // A server that speaks no TLS.
    let site = a_site();
    let asked = online.ask(&format!("https://{}/", site.address));
    assert_eq!(codes(&asked.statements), OUT_OF_REACH);
    assert!(asked.failures.iter().all(|failure| failure.starts_with("https://")), "{:?}", asked.failures);
    assert_eq!(names.lookups.load(Ordering::Relaxed), 3);
}

#[test]
fn who_never_answers_or_never_ends_is_given_up() {
    let silent = Site::start(|_| Reply { manner: Manner::Silent, ..nothing() });
    let mut short = options(None);
    short.timeout = Duration::from_millis(300);
    let asked = Online::new(short).unwrap().ask(&silent.url("/"));
    assert!(asked.failures[0].contains("did not answer in time"), "{:?}", asked.failures);
    assert_eq!(silent.paths(), ["/robots.txt"]);

    let endless = |path: &'static str, headers: &'static str, body: &'static [u8]| {
        Site::start(move |asked| {
            let reply = reply(200, headers, body);
            if asked.path == path { Reply { manner: Manner::Endless, ..reply } } else { nothing() }
        })
    };
    let site = endless("/", "Content-Type: text/html\r\n", b"<meta name=robots content=noai> and so on ");
    let reading = read(&online(), &site.url("/"));
    assert_eq!(gaps(&reading), ["it is too large, and its end was not read"]);
    assert_eq!(sources(&reading), [(SourceKind::HttpAnswer, 1)]);
    let site = endless("/a.png", "Content-Type: image/png\r\nX-Robots-Tag: noai\r\n", &[0; 4096]);
    let reading = read(&online(), &site.url("/a.png"));
    assert_eq!(gaps(&reading), ["the picture is too large, and what it says inside was not read"]);
    assert_eq!(sources(&reading), [(SourceKind::HttpAnswer, 1)]);
    // Of a robots.txt the first 500 KiB count, of a tdmrep.json that is longer nothing is believed.
    let site = endless("/robots.txt", "Content-Type: text/plain\r\n", b"User-agent: testbot\nDisallow: /\n\n");
    let reading = read(&online(), &site.url("/"));
    assert!(gaps(&reading)[0].contains("keeps `testbot` out (line 2: Disallow: /)"), "{:?}", gaps(&reading));
    let site = endless("/.well-known/tdmrep.json", "Content-Type: application/json\r\n", b"[{\"location\":\"/\"}]   ");
    let reading = read(&online(), &site.url("/"));
    assert_eq!(codes(&reading.sources[0].statements), ["tdm-unreadable"]);

    let broken = Site::start(|_| Reply { manner: Manner::BreaksOff, ..text("User-agent: *\nAllow: /\n") });
    let reading = read(&online(), &broken.url("/"));
    assert!(gaps(&reading)[0].contains("broke off"), "{:?}", gaps(&reading));
    assert_eq!(codes(&reading.sources[0].statements), OUT_OF_REACH);
}

#[test]
fn a_bomb_is_read_up_to_the_limit() {
    let bomb = gzip(&b"User-agent: *\nDisallow: /private\n# ".repeat(3_000_000));
    assert!(bomb.len() < 400 << 10);
    let packed =
        |kind: &str, body: Vec<u8>| reply(200, &format!("Content-Type: {kind}\r\nContent-Encoding: gzip\r\n"), body);
    let site = Site::of(vec![
        ("/robots.txt", packed("text/plain", bomb.clone())),
        ("/ai.txt", packed("text/plain", bomb.clone())),
        ("/", packed("text/html", bomb)),
        ("/small", packed("text/html", gzip(PAGE.as_bytes()))),
        ("/broken", packed("text/html", gzip(PAGE.as_bytes())[..60].to_vec())),
    ]);
    let online = online();
    let reading = read(&online, &site.url("/"));
    assert!(gaps(&reading).contains(&"it is too large, and its end was not read".to_owned()), "{:?}", gaps(&reading));
    assert_eq!(sources(&read(&online, &site.url("/small"))).last(), Some(&(SourceKind::HttpAnswer, 2)));
    assert!(gaps(&read(&online, &site.url("/broken")))[0].contains("content encoding"));
    assert!(gaps(&read(&online, &site.url("/private/x")))[0].contains("keeps `sayso` out"));
    // A robots.txt that cannot be unpacked is one that could not be had.
    let site = Site::of(vec![("/robots.txt", packed("text/plain", gzip(ROBOTS.as_bytes())[..40].to_vec()))]);
    let reading = read(&online, &site.url("/"));
    assert_eq!(codes(&reading.sources[0].statements), OUT_OF_REACH);
}

#[test]
fn redirects_are_followed_five_times_and_checked_each_time() {
    let numbered = |asked: &sites::Asked| asked.path.strip_prefix("/hop").and_then(|number| number.parse::<u32>().ok());
    let site = Site::start(move |asked| match (asked.path.as_str(), numbered(asked)) {
        (_, Some(0)) => html(PAGE),
        (_, Some(number)) => leads_to(&format!("/hop{}", number - 1)),
        ("/circle", _) => leads_to("circle"),
        ("/file", _) => leads_to("file:///etc/passwd"),
        ("/ftp", _) => leads_to("ftp://127.0.0.1/"),
        ("/password", _) => leads_to("http://user:password@127.0.0.1/"),
        ("/nowhere", _) => reply(302, "", ""),
        ("/forbidden", _) => leads_to("/private/x"),
        ("/robots.txt", _) => text("User-agent: sayso\nDisallow: /private\n"),
        _ => nothing(),
    });
    let online = online();
    assert_eq!(sources(&read(&online, &site.url("/hop5"))).last(), Some(&(SourceKind::HttpAnswer, 2)));
    for (path, says) in [
        ("/hop6", "it leads on more than 5 times"),
        ("/circle", "it leads on more than 5 times"),
        ("/file", "not asked: only http and https are asked, not `file`"),
        ("/ftp", "not asked: only http and https are asked, not `ftp`"),
        ("/password", "a name or a password"),
        ("/nowhere", "the server says 302"),
        ("/forbidden", "keeps `sayso` out"),
    ] {
        let reading = read(&online, &site.url(path));
        assert!(gaps(&reading).last().unwrap().contains(says), "{path}: {:?}", gaps(&reading));
    }
    assert!(!site.paths().iter().any(|path| path.starts_with("/private")));
}

#[test]
fn nothing_is_asked_of_this_machine_unless_that_is_wanted() {
    let inside = Site::of(vec![("/", html(PAGE))]);
    let mut strict = options(None);
    strict.allow_private = AllowPrivate::Nobody;
    let online = Online::new(strict).unwrap();
    for url in [inside.url("/"), format!("http://localhost:{}/", inside.address.port())] {
        let failures = match online.read(&url, &url) {
            Ok(reading) => gaps(&reading),
            Err(failure) => vec![failure.to_string()],
        };
        assert!(failures[0].contains("is not public (this machine)"), "{url}: {failures:?}");
        let asked = online.ask(&url);
        assert!(stances(&asked.statements, UsageCategory::TrainAi).iter().all(|stance| *stance == Stance::Unknown));
        assert!(!asked.failures.is_empty());
    }
    assert_eq!(inside.paths(), [""; 0]);
}

#[test]
fn robots_txt_is_followed_over_hosts_and_counts_for_the_host_that_was_asked() {
    let other = Site::of(vec![("/robots.txt", text("User-agent: *\nDisallow: /no\n"))]);
    let address = other.address;
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => leads_to(&format!("http://{address}/robots.txt")),
        _ => html(PAGE),
    });
    let online = online();
    let reading = read(&online, &site.url("/no"));
    assert_eq!(reading.sources[0].at, SourceAt::Url(other.url("/robots.txt")));
    assert!(gaps(&reading)[0].contains("keeps `sayso` out (line 2: Disallow: /no)"), "{:?}", gaps(&reading));
    assert!(gaps(&read(&online, &site.url("/yes"))).is_empty());
    assert!(!site.paths().contains(&"/no".to_owned()));
    // Too many are as good as no answer.
    let circle = Site::start(|asked| if asked.path == "/robots.txt" { leads_to("/robots.txt") } else { html(PAGE) });
    assert_eq!(codes(&online.ask(&circle.url("/")).statements), OUT_OF_REACH);
}

#[test]
fn where_a_page_went_the_site_there_speaks_too() {
    let new = Site::of(vec![
        ("/robots.txt", text("User-agent: GPTBot\nDisallow: /\n")),
        ("/ai.txt", text("User-Agent: *\nDisallow: /\n")),
        ("/new", html(PAGE)),
    ]);
    let old = Site::of(vec![("/old", leads_to("http://new.example/new"))]);
    let hosts = HashMap::from([("new.example", new.address), ("old.example", old.address)]);
    let names = Arc::new(TestNames { hosts, ..TestNames::default() });
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let online = Online::with(options(None), clock, names).unwrap();
    let reading = read(&online, "http://old.example/old");
    let found: Vec<_> = reading.sources.iter().map(|source| (source.kind, source.at.to_string())).collect();
    assert_eq!(
        found,
        [
            (SourceKind::RobotsTxt, "http://new.example/robots.txt".to_owned()),
            (SourceKind::AiTxt, "http://new.example/ai.txt".to_owned()),
            (SourceKind::HttpAnswer, "http://new.example/new".to_owned()),
        ]
    );
    assert_eq!(new.asked()[0].header("host"), Some("new.example"));
}

#[test]
fn rsl_is_found_in_headers_links_and_pages() {
    let rsl = |use_: &str| {
        let body = format!(
            r#"<rsl xmlns="https://rslstandard.org/rsl"><content url=""><license><prohibits type="usage">{use_}</prohibits></license></content></rsl>"#
        );
        reply(200, "Content-Type: application/rsl+xml\r\n", body)
    };
    let page = format!(
        "<base href=/deep/><link rel=license type=application/rsl+xml href=in-page.xml>\
         <link rel=license type=application/rsl+xml href=/gone.xml><script type=application/rsl+xml>{RSL}</script>"
    );
    let headers = "Content-Type: text/html\r\nLink: </in-header.xml>; rel=\"license\"; type=\"application/rsl+xml\"\r\n\
         Link: <in-header.xml>; rel=license; type=application/rsl+xml\r\n";
    let site = Site::of(vec![
        ("/", reply(200, headers, page)),
        ("/in-header.xml", rsl("search")),
        ("/deep/in-page.xml", rsl("ai-input")),
        ("/a.png", reply(200, &headers.replace("text/html", "image/png"), "no picture")),
    ]);
    let reading = read(&online(), &site.url("/"));
    let said = |category| {
        let statements = reading.sources.iter().flat_map(|source| source.statements.clone()).collect::<Vec<_>>();
        stances(&statements, category).contains(&Stance::Disallowed)
    };
    for category in [UsageCategory::Search, UsageCategory::AiInput, UsageCategory::TrainAi] {
        assert!(said(category), "{category}");
    }
    assert_eq!(sources(&reading), [(SourceKind::HttpAnswer, 3), (SourceKind::Rsl, 1), (SourceKind::Rsl, 1)]);
    assert_eq!(gaps(&reading), ["named, but it is not there"]);
    let speaker = |url: &str| {
        let reading = read(&online(), &site.url(url));
        reading.sources.iter().find(|source| source.kind == SourceKind::Rsl).unwrap().statements[0].signal.speaker
    };
    assert_eq!((speaker("/"), speaker("/a.png")), (Speaker::Page, Speaker::Picture));
}

#[test]
fn what_was_said_today_is_not_asked_again() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let site = Site::start(|asked| {
        let known = asked.header("if-none-match") == Some("\"1\"");
        let is_same = |headers: &str, body: &str| if known { reply(304, "", "") } else { reply(200, headers, body) };
        match asked.path.as_str() {
            "/robots.txt" => is_same("Content-Type: text/plain\r\nETag: \"1\"\r\n", "User-agent: *\nDisallow: /x\n"),
            "/ai.txt" => reply(200, "Content-Type: text/plain\r\nCache-Control: no-store\r\n", AI_TXT),
            "/" => is_same("Content-Type: text/html\r\nETag: \"1\"\r\nX-Robots-Tag: noai\r\n", PAGE),
            "/500" => reply(500, "", ""),
            _ => nothing(),
        }
    });
    let ask = |path: &str| {
        let reading = read(&online_with(dir.path(), &clock), &site.url(path));
        let asked = site.asked();
        site.forget();
        (reading, asked)
    };
    let (first, asked) = ask("/");
    assert_eq!(asked.len(), 4);
    let (second, asked) = ask("/");
    assert_eq!(first.sources, second.sources);
    // What its server wants kept by nobody is not.
    assert_eq!(asked.iter().map(|asked| asked.path.as_str()).collect::<Vec<_>>(), ["/ai.txt"]);
    clock.0.fetch_add(24 * HOUR, Ordering::Relaxed);
    let (third, asked) = ask("/");
    assert_eq!((first.sources.clone(), asked.len()), (third.sources, 4));
    // Files of the site are asked for with a condition; the page is not, since its headers speak, too.
    let conditional: Vec<_> = asked.iter().filter(|asked| asked.header("if-none-match").is_some()).collect();
    assert_eq!(conditional.iter().map(|asked| asked.path.as_str()).collect::<Vec<_>>(), ["/robots.txt"]);
    // What was not modified is fresh again.
    let (fourth, asked) = ask("/");
    assert_eq!((fourth.sources, asked.len()), (first.sources.clone(), 1));
    // A clock that was set back makes nothing fresh.
    clock.0.fetch_sub(48 * HOUR, Ordering::Relaxed);
    assert_eq!(ask("/").1.len(), 4);
    // What a server could not answer is asked again.
    assert_eq!(ask("/500").1.iter().filter(|asked| asked.path == "/500").count(), 1);
    assert_eq!(ask("/500").1.iter().filter(|asked| asked.path == "/500").count(), 1);

    let entries = files(dir.path());
    assert!(entries.len() >= 3 && entries.iter().all(|entry| entry.extension().is_none()), "{entries:?}");
    for (number, entry) in entries.iter().enumerate() {
        match number % 3 {
            0 => std::fs::write(entry, b"").unwrap(),
            1 => std::fs::write(entry, [0xff; 1000]).unwrap(),
            _ => {
                let mut bytes = std::fs::read(entry).unwrap();
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
                std::fs::write(entry, bytes).unwrap();
            }
        }
    }
    let (after_damage, asked) = ask("/");
    assert_eq!((after_damage.sources, asked.len()), (first.sources, 4));
    assert!(asked.iter().all(|asked| asked.header("if-none-match").is_none()));
    assert_eq!(ask("/").1.len(), 1);
}

#[test]
fn of_a_picture_only_what_it_says_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let xmp = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/></rdf:RDF></x:xmpmeta>"#;
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><metadata>{xmp}</metadata><!-- drawing --></svg>");
    let svg_bytes = svg.clone();
    let site = Site::start(move |asked| match (asked.path.as_str(), asked.header("if-modified-since")) {
        ("/a.svg", Some(_)) => reply(304, "", ""),
        ("/a.svg", None) => reply(
            200,
            "Content-Type: image/svg+xml\r\nLast-Modified: Sun, 22 Nov 2026 06:00:00 GMT\r\nX-Robots-Tag: noindex\r\n",
            svg_bytes.clone(),
        ),
        _ => nothing(),
    });
    let ask = || online_with(dir.path(), &clock).ask(&site.url("/a.svg"));
    let first = ask();
    assert!(codes(&first.statements).contains(&"iptc-prohibited".to_owned()), "{:?}", codes(&first.statements));
    assert!(first.statements.iter().all(|statement| statement.signal.speaker == Speaker::Picture));
    let path = dir.path().join("saved.svg");
    std::fs::write(&path, &svg).unwrap();
    let options = ExamineOptions { url: site.url("/a.svg"), agent: "testbot".to_owned(), limits: default_limits() };
    let file = examine(std::slice::from_ref(&path), &options).unwrap();
    assert!(file.sources[0].statements.iter().all(|statement| first.statements.contains(statement)));
    std::fs::remove_file(path).unwrap();
    for hours in [0, 25] {
        clock.0.fetch_add(hours * HOUR, Ordering::Relaxed);
        assert_eq!(ask().statements, first.statements);
    }
    let pictures: Vec<_> = site.asked().into_iter().filter(|asked| asked.path == "/a.svg").collect();
    assert_eq!(pictures.len(), 2);
    // Headers of a picture speak, and many servers leave them out of a 304.
    assert!(pictures[1].header("if-modified-since").is_none());
    for entry in files(dir.path()) {
        let bytes = std::fs::read(entry).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"drawing"));
    }
}

#[test]
fn a_site_may_ask_for_longer_pauses() {
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let site = Site::of(vec![("/robots.txt", text("User-agent: *\nCrawl-delay: 3\n")), ("/", html(PAGE))]);
    let mut options = options(None);
    options.pause = Duration::from_secs(1);
    let online = Online::with(options, clock.clone(), Arc::new(SystemNames)).unwrap();
    read(&online, &site.url("/"));
    // Four requests, and after the first, which brought the robots.txt, three pauses of three seconds.
    assert_eq!((site.paths().len(), clock.0.load(Ordering::Relaxed)), (4, 9_000_000));
}

#[test]
fn a_cache_that_cannot_be_written_takes_nothing_from_the_answer() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let site = a_site();
    let online = online_with(dir.path(), &clock);
    // Files stand where the folders of entries should.
    let folder = dir.path().join("answers-v1");
    for byte in 0..=255_u8 {
        std::fs::write(folder.join(format!("{byte:02x}")), b"").unwrap();
    }
    assert_eq!(read(&online, &site.url("/")).sources.len(), 5);
    assert!(online.cache_failure().is_some());
    let file = dir.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Online::new(OnlineOptions { cache: Some(file), ..self::options(None) }).unwrap_err().to_string();
    assert!(error.starts_with("cannot use `"), "{error}");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
