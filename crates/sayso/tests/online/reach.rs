//! Sites that are out of reach, never end, or are not to be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sayso::check::AskSite;
use sayso::online::{AllowPrivate, Online, SystemNames};
use sayso::signals::SourceKind;
use sayso_core::{Stance, UsageCategory};

use crate::sites::{Manner, Reply, Site, html, nothing, reply, text};
use crate::{
    OUT_OF_REACH, PAGE, ROBOTS, TestClock, TestNames, a_site, codes, gaps, gzip, online, options, read, sources,
    stances,
};

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
