//! The pages over HTTP, as a browser without script gets them.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use support::start;

#[test]
fn the_first_page_has_the_box_and_the_datasets() {
    let server = start();
    let home = server.get("/");
    assert_eq!(home.status, 200);
    assert_eq!(home.header("content-type"), "text/html; charset=utf-8");
    assert!(home.body.contains("<h1>Have I been trained?</h1>"));
    assert!(home.body.contains(r#"<form class="search" role="search" action="/search" method="get">"#));
    assert!(home.body.contains("demo-dataset") && home.body.contains("opt-out") && home.body.contains("train-genai"));
    assert_eq!(home.header("x-robots-tag"), "all");
}

#[test]
fn every_example_of_the_first_page_can_be_asked() {
    let server = start();
    let home = server.get("/").body;
    let examples: Vec<&str> =
        home.split("href=\"/search?q=").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(examples.len() > 4);
    for example in examples {
        assert_eq!(server.get(&format!("/search?q={example}")).status, 200, "{example}");
    }
}

#[test]
fn hits_are_marked_and_lead_to_their_sample() {
    let server = start();
    let found = server.get("/search?q=red+evening");
    assert_eq!(found.status, 200);
    assert!(found.body.contains("<mark>Red</mark> <mark>evening</mark> sky over layered hills"), "{}", found.body);
    assert!(found.body.contains("<dt>Matched</dt><dd>caption</dd>"));
    assert!(found.body.contains("badge unknown"));
    let uid = server.first_uid("red+evening");
    assert!(found.body.contains(&format!(r#"<a href="/samples/{uid}">"#)));
    assert_eq!(found.header("x-robots-tag"), "noindex, noai");
    assert!(found.body.contains(r#"<meta name="robots" content="noindex, noai">"#));
}

#[test]
fn hits_go_on_over_pages() {
    let server = start();
    let first = server.get("/search?q=verdict:unknown").body;
    assert!(
        first.contains(r#"<a rel="next" href="/search?q=verdict%3Aunknown&amp;page=2">"#)
            || first.contains(r#"<a rel="next" href="/search?q=verdict%3Aunknown&#38;page=2">"#),
        "{first}"
    );
    let second = server.get("/search?q=verdict%3Aunknown&page=2");
    assert_eq!(second.status, 200);
    assert!(second.body.contains(r#"aria-current="page""#) && second.body.contains(r#"rel="prev""#));
    assert!(second.body.contains(r#"<ol class="hits" start="21">"#));
    assert_eq!(server.get("/search?q=verdict%3Aunknown&page=3").status, 404);
    assert_eq!(server.get("/search?q=verdict%3Aunknown&page=501").status, 400);
    for page in ["0", "-1", "x", "99999999999999999999", ""] {
        assert_eq!(server.get(&format!("/search?q=a&page={page}")).status, 400, "{page}");
    }
}

#[test]
fn nothing_found_is_an_answer() {
    let server = start();
    let nothing = server.get("/search?q=zzzzqq%3Cb%3E");
    assert_eq!(nothing.status, 200);
    assert!(nothing.body.contains("<h1>Nothing found</h1>"));
    assert!(!nothing.body.contains("<b>"));
}

#[test]
fn a_query_that_cannot_be_read_is_shown_with_its_fault() {
    let server = start();
    let refused = server.get("/search?q=cat+%22open");
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("That query cannot be read"));
    assert!(
        refused.body.contains("<mark>&#34;open</mark>") || refused.body.contains("<mark>&quot;open</mark>"),
        "{}",
        refused.body
    );
    assert_eq!(server.get("/search?q=").status, 400);
    assert_eq!(server.get("/search?q=a&q=b").status, 400);
    assert_eq!(server.get(&format!("/search?q={}", "a".repeat(3_000))).status, 400);
    let missing = server.get("/search");
    assert_eq!((missing.status, missing.header("location").as_str()), (303, "/"));
}

#[test]
fn a_sample_shows_verdict_reason_evidence_and_record() {
    let server = start();
    let uid = server.first_uid("verdict:allowed");
    let sample = server.get(&format!("/samples/{uid}"));
    assert_eq!(sample.status, 200);
    let reason = "The page&#39;s header <code><bdi>Content-Usage: train-ai=y</bdi></code> grants AI training.";
    assert!(sample.body.contains(reason), "{}", sample.body);
    assert!(sample.body.contains(r#"<pre dir="ltr" tabindex="0"><code>train-ai=y</code></pre>"#));
    assert!(sample.body.contains("badge allowed"));
    assert!(sample.body.contains("demo.warc.gz") && sample.body.contains("bytes="));
    assert!(sample.body.contains("sha1:"));
    assert!(sample.body.contains(r#"<time datetime="2026-03-02T"#));
    assert!(sample.body.contains("What would change it"));
}

#[test]
fn a_picture_is_loaded_only_when_asked_for_and_from_its_site_alone() {
    let server = start();
    let uid = server.first_uid("red+evening");
    let quiet = server.get(&format!("/samples/{uid}"));
    assert!(!quiet.body.contains("<img"));
    assert!(quiet.header("content-security-policy").contains("img-src 'self';"));
    assert!(quiet.body.contains(&format!(r#"href="/samples/{uid}?show=picture""#)));

    let shown = server.get(&format!("/samples/{uid}?show=picture"));
    assert!(shown.body.contains(r#"<img src="https://thornwick.example/"#), "{}", shown.body);
    assert!(shown.body.contains(r#"referrerpolicy="no-referrer""#));
    assert!(shown.header("content-security-policy").contains("img-src 'self' https://thornwick.example;"));
    assert_eq!(server.get(&format!("/samples/{uid}?show=everything")).status, 400);
}

#[test]
fn what_is_not_there_says_so() {
    let server = start();
    for (path, status) in [
        ("/nothing", 404),
        ("/samples/00000000000000000000000000000000", 404),
        ("/samples/zz", 400),
        ("/samples/%FF", 404),
        ("/assets/sayso.css", 404),
        ("/assets/..%2Fsayso.css", 404),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body.contains("<!DOCTYPE html>"), "{path}");
        assert!(answer.body.contains("To the search"), "{path}");
    }
}

#[test]
fn pages_are_whole() {
    let server = start();
    let uid = server.first_uid("red+evening");
    for path in
        ["/", "/about", "/search?q=red", "/search?q=zzzz", "/search?q=%22", &format!("/samples/{uid}"), "/nothing"]
    {
        let body = server.get(path).body;
        assert!(body.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{path}");
        for once in ["<h1", "<main", "<title>", "</html>"] {
            assert_eq!(body.matches(once).count(), 1, "{path} {once}");
        }
        for element in
            ["section", "div", "dl", "ol", "li", "p", "a", "article", "svg", "bdi", "code", "details", "small"]
        {
            let opened = body.matches(&format!("<{element}>")).count() + body.matches(&format!("<{element} ")).count();
            assert_eq!(opened, body.matches(&format!("</{element}>")).count(), "{path} <{element}>");
        }
        // The policy would stop each of these, and a page with one would look broken.
        for refused in ["<script", " style=", "<style", " onclick=", " onload=", "src=\"http", "href=\"data:"] {
            assert!(!body.contains(refused), "{path} {refused}");
        }
    }
}

#[test]
fn robots_are_told_to_leave_names_alone() {
    let server = start();
    let robots = server.get("/robots.txt");
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
    assert!(robots.body.contains("Disallow: /search\n") && robots.body.contains("Disallow: /samples/\n"));
}
