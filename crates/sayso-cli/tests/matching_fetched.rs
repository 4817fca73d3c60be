//! `sayso match --fetch-found`: what was found is fetched when somebody asks for it, and else nothing is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, reason = "tests")]

mod pictures;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use std::path::Path;

use pictures::{drawn, jpeg, png, record, write};
use sites::{Site, reply, text as file};
use support::{said, sayso, text};

/// A dataset of three copies of a picture that lie at `site`, and one's own.
fn dataset(dir: &Path, site: &Site) {
    let mut crawl = Vec::new();
    for name in ["good", "gone", "secret"] {
        let picture = site.url(&format!("/{name}.jpg"));
        let html = format!("<img src='{picture}' alt='{name}'>");
        crawl.extend(record(&site.url(&format!("/{name}.html")), "text/html", html.as_bytes()));
        crawl.extend(record(&picture, "image/jpeg", &jpeg(&drawn(1))));
    }
    write(dir, "crawl.warc", &crawl);
    assert!(sayso(&["build", "crawl.warc", "-o", "set", "--policy", "record"], dir).status.success());
    write(dir, "own.png", &png(&drawn(1)));
}

#[test]
fn what_was_found_is_seen_on_request() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::of(vec![
        ("/good.jpg", reply(200, "Content-Type: image/jpeg\r\n", jpeg(&drawn(1)))),
        ("/secret.jpg", reply(200, "Content-Type: image/jpeg\r\n", jpeg(&drawn(1)))),
        ("/robots.txt", file("User-agent: *\nDisallow: /secret\n")),
    ]);
    dataset(dir.path(), &site);
    let run = |more: &[&str]| {
        let all = [&["match", "set", "own.png", "--html", "report.html", "--no-cache", "--pause", "0"], more].concat();
        let output = sayso(&all, dir.path());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(text(&output).contains("3 found"), "{}", text(&output));
        std::fs::read_to_string(dir.path().join("report.html")).unwrap()
    };
    let html = run(&[]);
    assert_eq!((site.paths(), html.matches("<img ").count()), (Vec::<String>::new(), 1));

    let html = run(&["--fetch-found"]);
    assert_eq!((site.paths(), html.matches("<img ").count()), (Vec::<String>::new(), 1));
    assert!(html.contains("not seen: "), "{html}");

    let html = run(&["--fetch-found", "--allow-private"]);
    let mut asked = site.paths();
    asked.sort();
    // robots.txt is obeyed, and what is gone is told.
    assert_eq!(
        (asked.as_slice(), html.matches("<img ").count()),
        (&["/gone.jpg", "/good.jpg", "/robots.txt"].map(String::from)[..], 2)
    );
    assert_eq!(html.matches("src=\"").count(), html.matches("src=\"data:image/jpeg;base64,").count());
    assert_eq!(html.matches("not seen: ").count(), 2);
}
