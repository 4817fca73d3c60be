//! What a crawl holds of the files by which sites speak, and of what pictures say inside, decides with the rest.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use std::path::Path;

use crawl::{gzip, response};
use sayso_core::{PolicyName, Sample, Stance};

const HTML: &str = "Content-Type: text/html\r\n";

fn page(url: &str, header: &str, pictures: &[&str]) -> Vec<u8> {
    let pictures: String = pictures.iter().map(|src| format!("<img src='{src}' alt='a picture'>")).collect();
    response(url, &format!("{HTML}{header}"), pictures.as_bytes())
}

/// The stance and the deciding reason of every sample, by picture URL.
fn verdicts(records: &[Vec<u8>], dir: &Path) -> Vec<(String, Stance, String)> {
    let path = dir.join("x.warc.gz");
    std::fs::write(&path, records.iter().flat_map(|record| gzip(record)).collect::<Vec<u8>>()).unwrap();
    let out = dir.join("out");
    let report = support::run(&support::options(&[&path], &out, PolicyName::Record)).unwrap();
    assert!(report.damage.is_empty(), "{:?}", report.damage);
    let told = |sample: &Sample| {
        let verdict = sample.verdict();
        (sample.pair.url.clone(), verdict.stance, verdict.reasons[0].code.to_string())
    };
    let mut verdicts: Vec<_> = support::samples(&out).iter().map(told).collect();
    verdicts.sort_by(|a, b| a.0.cmp(&b.0));
    verdicts
}

fn expect(verdicts: &[(String, Stance, String)], expected: &[(&str, Stance, &str)]) {
    let found: Vec<_> = verdicts.iter().map(|(url, stance, code)| (url.as_str(), *stance, code.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn tdmrep_json_speaks_until_the_page_itself_does() {
    let dir = tempfile::tempdir().unwrap();
    let file = br#"[{"location":"/open/","tdm-reservation":0},{"location":"/*","tdm-reservation":1}]"#;
    let records = [
        response("https://a.example/.well-known/tdmrep.json", "Content-Type: application/json\r\n", file),
        page("https://a.example/open/1", "", &["https://cdn.example/open.jpg"]),
        page("https://a.example/closed/1", "", &["https://cdn.example/closed.jpg"]),
        page("https://a.example/closed/2", "tdm-reservation: 0\r\n", &["https://cdn.example/header.jpg"]),
        page("https://b.example/", "", &["https://a.example/closed/picture.jpg", "https://cdn.example/other.jpg"]),
    ];
    expect(
        &verdicts(&records, dir.path()),
        &[
            ("https://a.example/closed/picture.jpg", Stance::Disallowed, "tdm-reserved"),
            ("https://cdn.example/closed.jpg", Stance::Disallowed, "tdm-reserved"),
            ("https://cdn.example/header.jpg", Stance::Allowed, "tdm-granted"),
            ("https://cdn.example/open.jpg", Stance::Allowed, "tdm-granted"),
            ("https://cdn.example/other.jpg", Stance::Unknown, "no-statement"),
        ],
    );
}

#[test]
fn ai_txt_speaks_of_kinds_of_files_and_a_page_in_its_place_of_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let records = [
        response(
            "https://a.example/ai.txt",
            "Content-Type: text/plain\r\n",
            b"User-Agent: *\nDisallow: *.jpg\nAllow: *.png\n",
        ),
        response("https://b.example/ai.txt", HTML, b"<html><body>User-Agent: *\nDisallow: /\n"),
        page(
            "https://c.example/",
            "",
            &["https://a.example/1.jpg", "https://a.example/2.png", "https://b.example/3.jpg"],
        ),
    ];
    expect(
        &verdicts(&records, dir.path()),
        &[
            ("https://a.example/1.jpg", Stance::Disallowed, "ai-txt-reserved"),
            ("https://a.example/2.png", Stance::Allowed, "ai-txt-granted"),
            ("https://b.example/3.jpg", Stance::Unknown, "no-statement"),
        ],
    );
}

#[test]
fn rsl_is_found_by_way_of_robots_txt() {
    let dir = tempfile::tempdir().unwrap();
    let rsl = br#"<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>
        <prohibits type="usage">ai-train</prohibits></license></content></rsl>"#;
    let records = [
        response(
            "https://a.example/robots.txt",
            "Content-Type: text/plain\r\n",
            b"License: https://a.example/rights/license.xml\nUser-agent: *\nAllow: /\n",
        ),
        response("https://a.example/rights/license.xml", "Content-Type: application/rsl+xml\r\n", rsl),
        // Nobody says that this one counts.
        response("https://b.example/license.xml", "Content-Type: application/rsl+xml\r\n", rsl),
        page("https://c.example/", "", &["https://a.example/1.jpg", "https://b.example/2.jpg"]),
    ];
    expect(
        &verdicts(&records, dir.path()),
        &[
            ("https://a.example/1.jpg", Stance::Disallowed, "rsl-prohibited"),
            ("https://b.example/2.jpg", Stance::Unknown, "no-statement"),
        ],
    );
}

#[test]
fn a_picture_in_the_crawl_speaks_for_itself() {
    let Some(anchors) = support::anchors() else { return };
    let dir = tempfile::tempdir().unwrap();
    let read = |path: &str| std::fs::read(anchors.join("pictures").join(path)).unwrap();
    let jpeg = "Content-Type: image/jpeg\r\n";
    let records = [
        response("https://a.example/iptc.jpg", jpeg, &read("iptc/IPTC-PhotometadataRef-Std2024.1.jpg")),
        response("https://a.example/cawg.jpg", jpeg, &read("c2pa/cawg-not-allowed.jpg")),
        response("https://a.example/c2pa.png", "Content-Type: image/png\r\n", &read("c2pa/c2pa-not-allowed.png")),
        response("https://a.example/plain.jpg", jpeg, &read("c2pa/adobe-20220124-CA.jpg")),
        // A page that allows does not undo a file that refuses.
        page(
            "https://b.example/",
            "Content-Usage: train-ai=y\r\n",
            &[
                "https://a.example/iptc.jpg",
                "https://a.example/cawg.jpg",
                "https://a.example/c2pa.png",
                "https://a.example/plain.jpg",
            ],
        ),
    ];
    expect(
        &verdicts(&records, dir.path()),
        &[
            ("https://a.example/c2pa.png", Stance::Disallowed, "cawg-reserved"),
            ("https://a.example/cawg.jpg", Stance::Disallowed, "cawg-reserved"),
            ("https://a.example/iptc.jpg", Stance::Disallowed, "iptc-prohibited"),
            ("https://a.example/plain.jpg", Stance::Allowed, "content-usage-granted"),
        ],
    );
}
