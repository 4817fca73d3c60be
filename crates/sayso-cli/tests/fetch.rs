//! `sayso fetch`: sites of this test's own on 127.0.0.1, some of them hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;

mod fetching;
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use fetching::{POLITE, dataset, fetch, jpeg, json_of_file, kinds, picture, pictures_asked, sample};
use image::ImageFormat;
use serde_json::json;
use sites::{Manner, Reply, Site, html, leads_to, nothing, reply, text};
use support::{json as json_of, said, sayso, text as told};

/// The checksum of a chunk of PNG.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn nobody_is_asked_without_a_contact() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|_| jpeg(""));
    dataset(dir.path(), &[site.url("/a.jpg")], &[]);
    let output = sayso(&["fetch", "set", "--allow-private"], dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("hint: name one with --contact"), "{}", said(&output));
    let output = sayso(&["build", "crawl.warc", "-o", "other", "--fetch", "pictures"], dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(!dir.path().join("other").exists() && site.asked().is_empty());
}

#[test]
fn a_site_is_asked_politely_and_what_it_says_counts() {
    let dir = tempfile::tempdir().unwrap();
    let reserved = dir.path().join("reserved.jpg");
    std::fs::write(&reserved, picture(3, ImageFormat::Jpeg)).unwrap();
    assert!(sayso(&["reserve", "reserved.jpg", "--no", "train-genai", "--in-place"], dir.path()).status.success());
    let reserved = std::fs::read(&reserved).unwrap();
    let site = Site::of(vec![
        ("/robots.txt", text("User-agent: *\nDisallow: /closed/\n\nUser-agent: GPTBot\nDisallow: /art/\n")),
        ("/good.jpg", jpeg("ETag: \"1\"\r\n")),
        ("/good.png", reply(200, "Content-Type: image/png\r\n", picture(2, ImageFormat::Png))),
        ("/noai.jpg", jpeg("X-Robots-Tag: noai\r\n")),
        ("/tdm.jpg", jpeg("tdm-reservation: 1\r\n")),
        ("/usage.jpg", jpeg("Content-Usage: train-ai=n\r\n")),
        ("/reserved.jpg", reply(200, "Content-Type: image/jpeg\r\n", reserved)),
        ("/moved.jpg", leads_to("/good.jpg")),
        ("/to-closed.jpg", leads_to("/closed/b.jpg")),
        ("/closed/a.jpg", jpeg("")),
        ("/closed/b.jpg", jpeg("")),
        ("/art/a.jpg", jpeg("")),
    ]);
    let paths = [
        "/good.jpg",
        "/good.png",
        "/noai.jpg",
        "/tdm.jpg",
        "/usage.jpg",
        "/reserved.jpg",
        "/moved.jpg",
        "/to-closed.jpg",
        "/closed/a.jpg",
        "/art/a.jpg",
        "/gone.jpg",
    ];
    let urls: Vec<String> = paths.iter().map(|path| site.url(path)).collect();
    dataset(dir.path(), &urls, &[]);
    let output = fetch(&[], dir.path());
    let report = json_of(&output);
    assert_eq!(output.status.code(), Some(3), "a dead link is told: {output:?}");
    let expected =
        [("fetched", 3), ("http-404", 1), ("refused-by-picture", 4), ("refused-by-site", 1), ("robots-disallowed", 2)];
    assert_eq!(kinds(&report), expected.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect());
    assert_eq!(
        report["refused_by_reason"],
        json!({
            "ai-agent-disallowed": 1, "content-usage-reserved": 1, "noai": 1, "robots-disallowed": 2, "tdm-reserved": 1,
            "iptc-prohibited": 1,
        })
    );
    assert_eq!((&report["from_snapshot"], &report["snapshot"], &report["samples"]), (&1.into(), &2.into(), &4.into()));
    assert_eq!(json_of_file(&dir.path().join("set/fetch.json")), report);

    // Who is closed out does not go there, and everybody is told who comes.
    let asked = site.asked();
    assert!(
        !asked.iter().any(|asked| asked.path.starts_with("/closed/") || asked.path.starts_with("/art/")),
        "{asked:?}"
    );
    assert_eq!(asked.iter().filter(|asked| asked.path == "/robots.txt").count(), 1);
    for asked in &asked {
        let agent = asked.header("user-agent").unwrap();
        assert!(agent.starts_with("sayso/") && agent.ends_with("(+mailto:me@example.org)"), "{agent}");
    }
    assert_eq!(asked.iter().find(|asked| asked.path == "/good.jpg").unwrap().header("from"), Some("me@example.org"));

    let good = sample(dir.path(), &site.url("/good.jpg")).unwrap();
    assert_eq!((&good["width"], &good["height"]), (&96.into(), &64.into()));
    assert_eq!(good["sha256"].as_str().unwrap().len(), 64);
    assert!(sample(dir.path(), &site.url("/noai.jpg")).is_none());
    // Nothing of a picture that is refused lies anywhere.
    assert!(!dir.path().join("set/.fetch").exists() && !dir.path().join("set/.build").exists());
}

#[test]
fn hostile_servers_cost_a_picture_each_and_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let whole = picture(1, ImageFormat::Jpeg);
    let with = |manner| Reply { manner, ..jpeg("") };
    let bomb = {
        // A PNG that says it is 60,000 pixels wide and high.
        let mut png = picture(2, ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let checksum = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        png
    };
    let site = Site::of(vec![
        ("/robots.txt", nothing()),
        ("/good.jpg", jpeg("")),
        ("/page.jpg", reply(200, "Content-Type: image/jpeg\r\n", "<!DOCTYPE html><title>Sorry</title>")),
        ("/html.jpg", html("<html>no such picture</html>")),
        ("/text.jpg", reply(200, "Content-Type: image/jpeg\r\n", "not a picture")),
        ("/empty.jpg", reply(200, "Content-Type: image/jpeg\r\n", "")),
        ("/half.jpg", reply(200, "Content-Type: image/jpeg\r\n", &whole[..whole.len() / 2])),
        ("/breaks-off.jpg", with(Manner::BreaksOff)),
        ("/claims-more.jpg", with(Manner::Claims(whole.len() + 10))),
        ("/claims-less.jpg", with(Manner::Claims(whole.len() / 2))),
        ("/claims-much.jpg", with(Manner::Claims(1 << 40))),
        ("/endless.jpg", with(Manner::Endless)),
        ("/endless-head.jpg", with(Manner::EndlessHead)),
        ("/loop.jpg", leads_to("/loop.jpg")),
        ("/elsewhere.jpg", leads_to("file:///etc/passwd")),
        ("/inside.jpg", leads_to("http://127.0.0.2:9/a.jpg")),
        ("/metadata.jpg", leads_to("http://169.254.169.254/latest/meta-data/")),
        ("/bomb.png", reply(200, "Content-Type: image/png\r\n", bomb)),
        ("/drawing.svg", reply(200, "Content-Type: image/svg+xml\r\n", "<svg xmlns='http://www.w3.org/2000/svg'/>")),
        (
            "/gzip.jpg",
            reply(
                200,
                "Content-Type: image/jpeg\r\nContent-Encoding: gzip\r\n",
                *b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff",
            ),
        ),
        ("/401.jpg", reply(401, "", "")),
        ("/402.jpg", reply(402, "", "")),
        ("/403.jpg", reply(403, "", "")),
        ("/410.jpg", reply(410, "", "")),
        ("/451.jpg", reply(451, "", "")),
    ]);
    let paths = [
        "/good.jpg",
        "/page.jpg",
        "/html.jpg",
        "/text.jpg",
        "/empty.jpg",
        "/half.jpg",
        "/breaks-off.jpg",
        "/claims-more.jpg",
        "/claims-less.jpg",
        "/claims-much.jpg",
        "/endless.jpg",
        "/endless-head.jpg",
        "/loop.jpg",
        "/elsewhere.jpg",
        "/inside.jpg",
        "/metadata.jpg",
        "/bomb.png",
        "/drawing.svg",
        "/gzip.jpg",
        "/401.jpg",
        "/402.jpg",
        "/403.jpg",
        "/410.jpg",
        "/451.jpg",
        "/404.jpg",
    ];
    let mut urls: Vec<String> = paths.iter().map(|path| site.url(path)).collect();
    urls.push("http://nobody.invalid/a.jpg".to_owned());
    urls.push("http://127.0.0.1:9/a.jpg".to_owned());
    urls.push("http://192.168.7.7/a.jpg".to_owned());
    dataset(dir.path(), &urls, &[]);
    let output = fetch(&["--retries", "0", "--picture-bytes", "1000000"], dir.path());
    let report = json_of(&output);
    let expected = [
        ("bad-address", 1),
        ("bad-answer", 1),
        ("connection-refused", 1),
        ("dns", 1),
        ("encoding", 1),
        ("fetched", 1),
        ("http-401", 1),
        ("http-402", 1),
        ("http-403", 1),
        ("http-404", 1),
        ("http-410", 1),
        ("http-451", 1),
        ("not-a-picture", 2),
        ("not-decodable", 1),
        ("page", 2),
        ("private-address", 3),
        ("too-large", 2),
        ("too-many-pixels", 1),
        ("too-many-redirects", 1),
        ("truncated", 4),
    ];
    assert_eq!(
        kinds(&report),
        expected.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect(),
        "{report:#}"
    );
    // Nobody is refused for a link that is dead.
    assert_eq!((&report["refused"], &report["samples"]), (&0.into(), &28.into()));
    assert_eq!(site.paths().iter().filter(|path| *path == "/loop.jpg").count(), 6);
}

#[test]
fn a_server_that_drips_or_is_silent_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let with = |manner| Reply { manner, ..jpeg("") };
    let site = Site::of(vec![
        ("/robots.txt", nothing()),
        ("/drips.jpg", with(Manner::Drips)),
        ("/silent.jpg", with(Manner::Silent)),
    ]);
    dataset(dir.path(), &[site.url("/drips.jpg"), site.url("/silent.jpg")], &[]);
    let report = json_of(&fetch(&["--retries", "0", "--timeout", "1"], dir.path()));
    assert_eq!(report["by_kind"], json!({"timeout": 2}));
}

#[test]
fn a_server_that_asks_for_patience_gets_it_within_reason() {
    let dir = tempfile::tempdir().unwrap();
    let times = AtomicUsize::new(0);
    let busy = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" | "/.well-known/tdmrep.json" | "/ai.txt" => nothing(),
        _ if times.fetch_add(1, Ordering::SeqCst) < 2 => reply(429, "Retry-After: 0\r\n", ""),
        _ => jpeg(""),
    });
    let closed = Site::start_at("127.0.0.3:0", |asked| match asked.path.as_str() {
        "/robots.txt" | "/.well-known/tdmrep.json" | "/ai.txt" => nothing(),
        _ => reply(503, "Retry-After: 86400\r\n", ""),
    });
    let urls =
        [busy.url("/a.jpg"), busy.url("/b.jpg"), closed.url("/a.jpg"), closed.url("/b.jpg"), closed.url("/c.jpg")];
    dataset(dir.path(), &urls, &[]);
    let report = json_of(&fetch(&["--allow-private=127.0.0.3"], dir.path()));
    assert_eq!(report["by_kind"], json!({"fetched": 2, "http-503": 3}));
    // Twice refused and then had, and the next one at once.
    let asked = pictures_asked(&busy);
    assert!(asked.len() == 4 && asked[..3].iter().all(|path| *path == asked[0]) && asked[3] != asked[0], "{asked:?}");
    // Whoever wants to be left alone for a day is, after the first of them.
    let asked = pictures_asked(&closed);
    assert_eq!(asked.len(), 1, "{asked:?}");
}

#[test]
fn what_was_had_is_asked_for_again_only_if_it_changed() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|asked| match asked.path.as_str() {
        "/robots.txt" => nothing(),
        "/tagged.jpg" if asked.header("if-none-match") == Some("\"7\"") => reply(304, "ETag: \"7\"\r\n", ""),
        "/tagged.jpg" => jpeg("ETag: \"7\"\r\n"),
        "/dated.jpg" if asked.header("if-modified-since").is_some() => reply(304, "X-Robots-Tag: noai\r\n", ""),
        _ => jpeg("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
    });
    dataset(dir.path(), &[site.url("/tagged.jpg"), site.url("/dated.jpg"), site.url("/new.jpg")], &[]);
    assert_eq!(json_of(&fetch(&[], dir.path()))["by_kind"], json!({"fetched": 3}));
    let before = sample(dir.path(), &site.url("/tagged.jpg")).unwrap();
    site.forget();
    // What is of today counts.
    let report = json_of(&fetch(&[], dir.path()));
    assert_eq!((&report["fresh"], &report["snapshot"], &report["requests"]), (&3.into(), &2.into(), &0.into()));
    assert!(site.asked().is_empty());
    let report = json_of(&fetch(&["--max-age", "0"], dir.path()));
    assert_eq!(report["by_kind"], json!({"fetched": 1, "not-modified": 1, "refused-by-picture": 1}));
    assert_eq!(report["refused_by_reason"], json!({"noai": 1}));
    assert_eq!(sample(dir.path(), &site.url("/tagged.jpg")).unwrap()["sha256"], before["sha256"]);
    assert!(sample(dir.path(), &site.url("/dated.jpg")).is_none());
}

#[test]
fn a_policy_that_only_records_fetches_nothing_that_is_disallowed() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::of(vec![
        ("/robots.txt", text("User-agent: GPTBot\nDisallow: /art/\n")),
        ("/art/a.jpg", jpeg("")),
        ("/noai.jpg", jpeg("X-Robots-Tag: noai\r\n")),
    ]);
    dataset(dir.path(), &[site.url("/art/a.jpg"), site.url("/noai.jpg")], &["--policy", "record"]);
    let report = json_of(&fetch(&["--keep", "originals"], dir.path()));
    assert_eq!(report["by_kind"], json!({"disallowed": 2}));
    assert_eq!((&report["samples"], &report["changed"], &report["kept"]), (&2.into(), &2.into(), &0.into()));
    assert_eq!(pictures_asked(&site), ["/noai.jpg"]);
    // The next time its own verdict is enough.
    site.forget();
    assert_eq!(json_of(&fetch(&["--max-age", "0"], dir.path()))["by_kind"], json!({"disallowed": 2}));
    assert!(site.asked().is_empty());
}

#[test]
fn a_build_fetches_when_it_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|asked| if asked.path == "/robots.txt" { nothing() } else { jpeg("") });
    dataset(dir.path(), &[site.url("/a.jpg")], &[]);
    let arguments = [&["build", "crawl.warc", "-o", "other", "--fetch", "pictures", "--json"][..], &POLITE].concat();
    let report = json_of(&sayso(&arguments, dir.path()));
    assert_eq!((&report["samples"], &report["fetch"]["by_kind"]), (&1.into(), &json!({"fetched": 1})));
    // The same again finds all of it done.
    let again = json_of(&sayso(&arguments, dir.path()));
    assert_eq!((&again["samples"], &again["fetch"]["fresh"]), (&1.into(), &1.into()));
    let words = [&["fetch", "other", "--max-age", "0"][..], &POLITE].concat();
    let words = told(&sayso(&words, dir.path()));
    assert!(words.contains("1 samples, 1 requests for pictures") && words.contains("1 fetched"), "{words}");
}
