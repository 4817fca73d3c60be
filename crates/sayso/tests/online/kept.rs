//! What is kept of answers, and for how long.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sayso::build::default_limits;
use sayso::check::AskSite;
use sayso::online::{Online, OnlineOptions};
use sayso::signals::{ExamineOptions, examine};
use sayso_core::Speaker;

use crate::sites::{Site, nothing, reply};
use crate::{AI_TXT, HOUR, PAGE, TestClock, a_site, codes, online_with, options, read};

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
    let error = Online::new(OnlineOptions { cache: Some(file), ..options(None) }).unwrap_err().to_string();
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
