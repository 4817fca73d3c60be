//! What samples have in common, on pages and as JSON; and what of captions is not for everybody.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use serde_json::{Value, json};
use support::{import_table, limits, start, start_with};

fn facet<'a>(answer: &'a Value, field: &str) -> &'a Value {
    answer["facets"].as_array().unwrap().iter().find(|facet| facet["field"] == field).unwrap()
}

#[test]
fn facets_of_all_and_of_hits_add_up() {
    let server = start();
    let all = server.get("/api/v1/facets").json();
    let total = server.get("/api/v1/datasets").json()["datasets"][0]["samples"].as_u64().unwrap();
    let sum = |facet: &Value| {
        let counts = facet["values"].as_array().unwrap().iter().map(|value| value["count"].as_u64().unwrap());
        counts.sum::<u64>() + facet["without"].as_u64().unwrap()
    };
    for field in ["domain", "verdict", "licence", "year"] {
        assert_eq!(sum(facet(&all, field)), total, "{field}");
    }
    // Every value leads to as many samples as it counts.
    for value in facet(&all, "domain")["values"].as_array().unwrap() {
        let query = format!("site:{}", value["value"].as_str().unwrap());
        let of_site = server.get(&format!("/api/v1/facets?q={query}&fields=verdict,domain&limit=5")).json();
        assert!(of_site["facets"].as_array().unwrap().len() == 2, "{of_site}");
        assert!(sum(facet(&of_site, "domain")) >= value["count"].as_u64().unwrap(), "{query}");
    }
    let unknown = server.get("/api/v1/facets?q=verdict:unknown&fields=verdict").json();
    let found = server.get("/api/v1/search?q=verdict:unknown&limit=0").json();
    assert_eq!(facet(&unknown, "verdict")["values"], json!([{"value": "unknown", "count": found["total"]}]));
    for (path, status) in [
        ("/api/v1/facets?fields=colour", 400),
        ("/api/v1/facets?limit=100000", 400),
        ("/api/v1/facets?dataset=none", 404),
        ("/api/v1/facets?q=%22open", 400),
        ("/overview?q=%22open", 400),
        ("/overview?dataset=none", 404),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
}

#[test]
fn pages_show_facets_that_lead_on() {
    let server = start();
    let page = server.get("/overview");
    assert_eq!(page.status, 200);
    for part in
        ["From which sites", "<table class=\"bars\">", "href=\"/search?q=verdict%3Aunknown\"", "<rect width=\"100.0\""]
    {
        assert!(page.body.contains(part), "{part}");
    }
    let narrowed = server.get("/overview?q=red");
    assert!(narrowed.body.contains("href=\"/search?q=red+verdict%3A"), "{}", narrowed.body);
    let hits = server.get("/search?q=red");
    assert!(hits.body.contains("aria-label=\"Narrow the search\"") && hits.body.contains("href=\"/overview?q=red\""));
}

#[test]
fn what_is_personal_is_masked() {
    let dir = tempfile::tempdir().unwrap();
    let hostile = "<script>alert(1)</script>\u{202e}by <img src=x onerror=alert(2)>";
    let rows = [
        json!({"url": "https://a.example/1.jpg", "text": "Portrait session, write to studio@mail.example"}),
        json!({"url": "https://a.example/2.jpg", "text": format!("a session {hostile}"), "artist": hostile, "license": hostile}),
    ];
    let out = import_table(dir.path(), "imported", &rows);
    let server = start_with(&out, limits());
    let uid = server.first_uid("portrait");
    for path in [
        "/search?q=portrait",
        "/api/v1/search?q=portrait",
        &format!("/samples/{uid}"),
        &format!("/api/v1/samples/{uid}"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains("[e-mail]") && !answer.body.contains("studio@mail"), "{path}: {}", answer.body);
    }
    for path in ["/search?q=session", "/overview", "/overview?q=session"] {
        let body = server.get(path).body;
        assert!(!body.contains("<script") && !body.contains("<img"), "{path}: {body}");
        // A caption stands by itself, where an override turns nothing but itself; names in a list are shown with what they hide.
        assert!(path.starts_with("/search") || !body.contains('\u{202e}'), "{path}: {body}");
    }
    let csv = server.get("/api/v1/export?q=session&columns=caption,creator");
    assert_eq!((csv.status, csv.header("content-type").as_str()), (200, "text/csv; charset=utf-8; header=present"));
    assert!(csv.header("content-disposition").starts_with("attachment"));
    assert!(csv.body.starts_with("caption,creator\r\n") && csv.body.contains("[e-mail]"), "{}", csv.body);
    assert!(!csv.body.contains("studio@mail"));
    let urls = server.get("/api/v1/export?q=session&format=urls").body;
    assert_eq!(urls, "https://a.example/1.jpg\nhttps://a.example/2.jpg\n");
    let lines = server.get("/api/v1/export?q=portrait&format=jsonl").body;
    let line: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(
        (&line["url"], &line["reasons"][0]["code"]),
        (&json!("https://a.example/1.jpg"), &json!("no-statement"))
    );
    for path in ["/api/v1/export?q=", "/api/v1/export?q=a&columns=none", "/api/v1/export?q=a&format=parquet"] {
        assert_eq!(server.get(path).status, 400, "{path}");
    }
}
