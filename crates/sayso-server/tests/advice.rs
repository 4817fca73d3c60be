//! What a sample's page says would have kept the pair out does keep it out.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::path::PathBuf;

use sayso::library::Library;
use sayso_core::{Policy, PolicyName, Purpose, UsageCategory};
use support::{build_for, limits, start_with, warc};

const PAGE: &str = "https://a.example/";

#[test]
fn every_statement_that_is_advised_works() {
    for &purpose in UsageCategory::ALL {
        let policy = Policy::new(PolicyName::OptOut, Purpose(purpose));
        let silent = built(policy.clone(), "text/html", "", None);
        let server = start_with(&silent.1, limits());
        let uid = server.first_uid("zebra");
        let page = server.get(&format!("/samples/{uid}")).body;
        let advice = page.split("What would change it").nth(1).unwrap().split("</section>").next().unwrap();
        let rows: Vec<&str> = advice.split("<dt><code>").skip(1).collect();
        assert!(rows.len() >= 2, "{purpose}: {advice}");
        for row in rows {
            let (statement, place) = row.split_once("</code></dt><dd>").unwrap();
            let statement = statement.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"");
            let robots = format!("User-agent: *\nAllow: /\n{statement}\n");
            let dataset = if place.contains("header") {
                built(policy.clone(), &format!("text/html\r\n{statement}"), "", None)
            } else if place.contains("robots.txt") {
                built(policy.clone(), "text/html", "", Some(&robots))
            } else {
                built(policy.clone(), "text/html", &statement, None)
            };
            let summary = Library::open(&[dataset.1]).unwrap().summaries().remove(0);
            assert_eq!((summary.samples, summary.exclusions), (0, 1), "{purpose}: {statement}");
        }
    }
}

/// The dataset of a crawl of one page with one picture.
fn built(policy: Policy, headers: &str, head: &str, robots: Option<&str>) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("one.warc");
    let html = format!("<!DOCTYPE html>{head}<title>a</title><img src=/1.png alt='a zebra on a hill'>");
    let mut responses = vec![(PAGE, headers, html.as_str())];
    responses.extend(robots.map(|robots| ("https://a.example/robots.txt", "text/plain", robots)));
    std::fs::write(&crawl, warc(&responses)).unwrap();
    let out = build_for(&crawl, policy);
    (dir, out)
}
