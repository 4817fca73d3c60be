//! One pair on several pages: the most restrictive of all that is said counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::path::Path;

use sayso_core::{PolicyName, Stance};

fn response(url: &str, day: u32, headers: &str, body: &str) -> String {
    let http = format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}");
    format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-{day:02}T00:00:00Z\r\n\
         Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
        http.len()
    )
}

const HTML: &str = "Content-Type: text/html\r\n";
const PICTURE: &str = "<img src=https://p.example/a.jpg alt='a cat'>";

/// The stance and captures of the one pair that these records give.
fn judged(records: &[String]) -> (Stance, u32) {
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("a.warc");
    std::fs::write(&crawl, records.concat()).unwrap();
    let out: &Path = &dir.path().join("out");
    support::run(&support::options(&[&crawl], out, PolicyName::Record)).unwrap();
    let samples = support::samples(out);
    assert_eq!(samples.len(), 1, "{samples:?}");
    (samples[0].verdict().stance, samples[0].pair.captures)
}

#[test]
fn a_later_page_cannot_take_a_reservation_back() {
    let reserved = response("https://a.example/", 1, &format!("{HTML}tdm-reservation: 1\r\n"), PICTURE);
    let open = response("https://b.example/", 2, HTML, &format!("<meta name=tdm-reservation content=0>{PICTURE}"));
    assert_eq!(judged(&[reserved.clone(), open.clone()]), (Stance::Disallowed, 2));
    assert_eq!(judged(&[open.clone(), reserved]), (Stance::Disallowed, 2));
    assert_eq!(judged(&[open]), (Stance::Allowed, 1));
}

#[test]
fn every_page_s_site_is_heard() {
    let robots = response("https://b.example/robots.txt", 1, "", "User-agent: GPTBot\nDisallow: /\n");
    let pages = ["https://a.example/", "https://b.example/x"].map(|url| response(url, 2, HTML, PICTURE));
    assert_eq!(judged(&[robots.clone(), pages[0].clone()]), (Stance::Unknown, 1));
    assert_eq!(judged(&[robots, pages[0].clone(), pages[1].clone()]), (Stance::Disallowed, 2));
}

#[test]
fn a_reservation_behind_foreign_bytes_is_read() {
    let mut header = HTML.as_bytes().to_vec();
    header.extend_from_slice(b"X-Robots-Tag: caf\xe9, noai\r\n");
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("a.warc");
    let mut http = b"HTTP/1.1 200 OK\r\n".to_vec();
    http.extend_from_slice(&header);
    http.extend_from_slice(format!("\r\n{PICTURE}").as_bytes());
    let mut record = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n",
        http.len()
    )
    .into_bytes();
    record.extend_from_slice(&http);
    record.extend_from_slice(b"\r\n\r\n");
    std::fs::write(&crawl, record).unwrap();
    let out = dir.path().join("out");
    support::run(&support::options(&[&crawl], &out, PolicyName::Record)).unwrap();
    assert_eq!(support::samples(&out)[0].verdict().stance, Stance::Disallowed);
}

#[test]
fn a_revisit_adds_what_it_says() {
    let page = format!("{PICTURE}<p>same text");
    let digest = "WARC-Payload-Digest: sha1:AAAA\r\nContent-Type:";
    let first = response("https://a.example/", 1, HTML, &page)
        .replace("Content-Type: application", &format!("{digest} application"));
    let http = "HTTP/1.1 200 OK\r\nX-Robots-Tag: noai\r\n\r\n";
    let revisit = format!(
        "WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Target-URI: https://a.example/\r\nWARC-Date: 2026-01-09T00:00:00Z\r\n\
         WARC-Payload-Digest: sha1:AAAA\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
        http.len()
    );
    assert_eq!(judged(std::slice::from_ref(&first)).0, Stance::Unknown);
    assert_eq!(judged(&[first, revisit]).0, Stance::Disallowed);
}
