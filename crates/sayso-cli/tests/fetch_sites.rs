//! What the sites of pictures and of pages say, before `sayso fetch` asks for a picture.
#![allow(clippy::unwrap_used, reason = "tests")]

mod fetching;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use fetching::{dataset, dataset_of, fetch, jpeg, pictures_asked, sample};
use serde_json::json;
use sites::{Reply, Site, nothing, reply, text};
use support::json as json_of;

fn tdmrep(location: &str) -> Reply {
    let body = format!(r#"[{{"location":"{location}","tdm-reservation":1}}]"#);
    reply(200, "Content-Type: application/json\r\n", body)
}

const RSL: &str = r#"<rsl xmlns="https://rslstandard.org/rsl"><content url="/art/"><license>
    <prohibits type="usage">ai-train</prohibits></license></content></rsl>"#;

#[test]
fn a_pictures_site_is_heard_before_the_picture_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::of(vec![
        ("/robots.txt", text("License: /terms.xml\nUser-agent: *\nAllow: /\n")),
        ("/terms.xml", reply(200, "Content-Type: application/rsl+xml\r\n", RSL)),
        ("/.well-known/tdmrep.json", tdmrep("/tdm/*")),
        ("/ai.txt", text("User-Agent: *\nDisallow: /ai/\nAllow: /\n")),
        ("/tdm/a.jpg", jpeg("")),
        ("/ai/a.jpg", jpeg("")),
        ("/art/a.jpg", jpeg("")),
        ("/open.jpg", jpeg("")),
    ]);
    let urls = ["/tdm/a.jpg", "/ai/a.jpg", "/art/a.jpg", "/open.jpg"].map(|path| site.url(path));
    dataset(dir.path(), &urls, &[]);
    let report = json_of(&fetch(&[], dir.path()));
    assert_eq!(report["by_kind"], json!({"fetched": 1, "refused-by-site": 3}));
    let reasons = json!({"ai-txt-reserved": 1, "rsl-prohibited": 1, "tdm-reserved": 1});
    assert_eq!(
        (&report["refused_by_reason"], pictures_asked(&site)),
        (&reasons, vec!["/terms.xml".into(), "/open.jpg".into()])
    );
    // Each file was asked for once.
    assert_eq!(site.paths().len(), 5);
}

#[test]
fn a_pages_site_is_heard_of_its_own_pages() {
    let pictures = Site::start(|asked| if asked.path.ends_with(".jpg") { jpeg("") } else { nothing() });
    for (path, kinds) in [("/open/", json!({"fetched": 2})), ("/closed/", json!({"refused-by-site": 2}))] {
        let dir = tempfile::tempdir().unwrap();
        let page = Site::start_at("127.0.0.2:0", |asked| match asked.path.as_str() {
            "/.well-known/tdmrep.json" => tdmrep("/closed/*"),
            _ => nothing(),
        });
        dataset_of(dir.path(), &page.url(path), &[pictures.url("/a.jpg"), pictures.url("/b.jpg")], &[]);
        pictures.forget();
        let report = json_of(&fetch(&["--allow-private=127.0.0.2"], dir.path()));
        assert_eq!(report["by_kind"], kinds, "{path}");
        let mut asked = page.paths();
        asked.sort();
        assert_eq!(asked, ["/.well-known/tdmrep.json", "/ai.txt", "/robots.txt"], "the page itself is not asked for");
        assert_eq!(pictures_asked(&pictures).is_empty(), path == "/closed/");
    }
}

#[test]
fn terms_that_cannot_be_had_leave_the_use_in_doubt() {
    for (terms, why) in [
        (reply(500, "", ""), "could not be had: the server says 500"),
        (nothing(), "could not be had: it is not there"),
        (text("these are no terms"), "these are no terms"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::start(move |asked| match asked.path.as_str() {
            "/robots.txt" => text("License: /terms.xml\nUser-agent: *\nAllow: /\n"),
            "/terms.xml" => terms.clone(),
            "/a.jpg" => jpeg(""),
            _ => nothing(),
        });
        dataset(dir.path(), &[site.url("/a.jpg")], &[]);
        assert_eq!(json_of(&fetch(&[], dir.path()))["by_kind"], json!({"fetched": 1}));
        let sample = sample(dir.path(), &site.url("/a.jpg")).unwrap();
        assert_eq!(sample["verdict"]["stance"], "unknown", "{sample:#}");
        let reasons = sample.to_string();
        assert!(reasons.contains("rsl-unreadable") && reasons.contains(why), "{sample:#}");
    }
}
