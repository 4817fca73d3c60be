//! Orders of hits, and lists that go on from a cursor, over several datasets.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Running, import_table, limits, start, start_as};

/// Two datasets whose scores are finer than the steps that facets count, with gaps.
fn datasets(dir: &Path) -> Vec<PathBuf> {
    let rows = |seed: u32, count: u32| -> Vec<Value> {
        let row = |number: u32| {
            let mixed = (number + seed).wrapping_mul(2_654_435_761) >> 8;
            let mut row = json!({
                "url": format!("https://{}.example/{seed}-{number}.jpg", ["ant", "bee", "cow", "dog"][(mixed % 4) as usize]),
                "text": format!("A harbour {}{seed} {number}", "at dawn ".repeat((mixed % 3) as usize)),
                "author": format!("Maker {}", mixed % 30),
            });
            let fields = row.as_object_mut().unwrap();
            if !mixed.is_multiple_of(5) {
                fields.insert("similarity".to_owned(), json!(f64::from(mixed % 1_000) / 1_000.0));
                fields.insert("punsafe".to_owned(), json!(f64::from(mixed % 7) / 7.0));
            }
            if !mixed.is_multiple_of(3) {
                fields.insert("width".to_owned(), json!(100 + mixed % 900));
                fields.insert("height".to_owned(), json!(300));
            }
            row
        };
        (0..count).map(row).collect()
    };
    vec![import_table(dir, "one", &rows(1, 130)), import_table(dir, "two", &rows(500, 90))]
}

fn hits(answer: &Value) -> Vec<Value> {
    answer["hits"].as_array().unwrap().clone()
}

fn uids(hits: &[Value]) -> Vec<String> {
    hits.iter().map(|hit| hit["sample"]["uid"].as_str().unwrap().to_owned()).collect()
}

/// All hits of a question, 100 at a time.
fn all_by_offset(server: &Running, question: &str) -> Vec<Value> {
    let page = |offset: u32| hits(&server.get(&format!("/api/v1/search?{question}&limit=100&offset={offset}")).json());
    [0, 100, 200].into_iter().flat_map(page).collect()
}

/// All hits of a question, page by page from cursor to cursor.
fn all_by_cursor(server: &Running, question: &str, limit: usize) -> Vec<Value> {
    let mut answer = server.get(&format!("/api/v1/search?{question}&limit={limit}")).json();
    let mut all = hits(&answer);
    while let Some(next) = answer["next"].as_str() {
        answer = server.get(&format!("/api/v1/search?{question}&limit={limit}&cursor={next}")).json();
        assert_eq!(answer["offset"], all.len());
        all.extend(hits(&answer));
        assert!(all.len() <= 500, "the list goes round");
    }
    all
}

/// What a hit is sorted by, as the sample says it.
fn value(hit: &Value, by: &str) -> Option<f64> {
    let sample = &hit["sample"];
    match by {
        "side" => sample["width"].as_f64().map(|width| width.max(sample["height"].as_f64().unwrap())),
        by => sample["further"][by].as_str().map(|value| value.parse().unwrap()),
    }
}

#[test]
fn hits_come_in_the_order_that_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    for by in ["similarity", "punsafe", "side"] {
        for (sign, is_turned) in [("", false), ("-", true)] {
            let found = all_by_offset(&server, &format!("q=harbour&sort={sign}{by}"));
            assert_eq!(found.len(), 220);
            let values: Vec<Option<f64>> = found.iter().map(|hit| value(hit, by)).collect();
            let ordered = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
                (Some(a), Some(b)) if is_turned => b.total_cmp(a),
                (Some(a), Some(b)) => a.total_cmp(b),
                (a, b) => a.is_none().cmp(&b.is_none()),
            };
            assert!(values.is_sorted_by(|a, b| ordered(a, b) != Ordering::Greater), "{sign}{by}: {values:?}");
            assert!(values[0].is_some() && values[219].is_none());
        }
    }
    let domains = |sort: &str| -> Vec<String> {
        let found = all_by_offset(&server, &format!("q=harbour&sort={sort}"));
        found.iter().map(|hit| hit["sample"]["domain"].as_str().unwrap().to_owned()).collect()
    };
    assert!(domains("domain").is_sorted());
    assert!(domains("-domain").is_sorted_by(|a, b| a >= b));
    let mut turned = uids(&all_by_offset(&server, "q=harbour&sort=-dataset"));
    turned.reverse();
    assert_eq!(turned, uids(&all_by_offset(&server, "q=harbour&sort=dataset")));
    // The page says the order, keeps it from page to page, and offers what the datasets know alone.
    let page = server.get("/search?q=harbour&sort=-similarity&page=2");
    for part in [
        "most like their captions first",
        "<option value=\"-similarity\" selected>",
        "sort=-similarity&#38;page=3",
        "<option value=\"side\">",
        "<dt>Similarity</dt><dd>0.",
        "site%3Aant.example&#38;sort=-similarity\"",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("value=\"aesthetic\""));
    let second = hits(&server.get("/search.json?q=harbour&sort=-similarity&page=2").json());
    assert!(page.body.contains(&format!("/samples/{}", uids(&second)[0])));
    for bad in ["/search?q=a&sort=x", "/api/v1/search?q=a&sort=-relevance"] {
        assert_eq!(server.get(bad).status, 400, "{bad}");
    }
}

#[test]
fn cursors_lead_through_all_hits_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    for query in ["harbour", "dawn", "at+dawn", "-dawn", "site:bee.example"] {
        for sort in
            ["relevance", "dataset", "-dataset", "domain", "-domain", "similarity", "-side", "aesthetic", "-punsafe"]
        {
            let question = format!("q={query}&sort={sort}");
            let expected = uids(&all_by_offset(&server, &question));
            for limit in [1, 7, 100] {
                // One at a time where that is not too often.
                if limit > 1 || (query == "at+dawn" && sort.contains("domain")) {
                    assert_eq!(uids(&all_by_cursor(&server, &question, limit)), expected, "{question} by {limit}");
                }
            }
        }
    }
}

#[test]
fn a_cursor_is_refused_where_it_does_not_belong() {
    let dir = tempfile::tempdir().unwrap();
    let both = datasets(dir.path());
    let server = start_as(&both, limits(), |server| server);
    let cursor = server.get("/api/v1/search?q=harbour&limit=3").json()["next"].as_str().unwrap().to_owned();
    let code = |server: &Running, path: &str| {
        let answer = server.get(path);
        (answer.status, answer.json()["error"]["code"].as_str().unwrap().to_owned())
    };
    let bad = || (400, "bad-cursor".to_owned());
    assert_eq!(code(&server, &format!("/api/v1/search?q=dawn&cursor={cursor}")), bad());
    assert_eq!(code(&server, &format!("/api/v1/search?q=harbour&sort=side&cursor={cursor}")), bad());
    assert_eq!(code(&server, &format!("/api/v1/facets?q=harbour&fields=domain&cursor={cursor}")), bad());
    assert_eq!(code(&server, "/api/v1/search?q=harbour&cursor=x"), bad());
    assert_eq!(code(&server, "/api/v1/search?q=harbour&cursor="), bad());
    assert_eq!(code(&server, &format!("/api/v1/search?q=harbour&cursor={}", &cursor[..cursor.len() - 8])), bad());
    let two = code(&server, &format!("/api/v1/search?q=harbour&offset=3&cursor={cursor}"));
    assert_eq!(two, (400, "bad-parameter".to_owned()));
    assert_eq!(server.get(&format!("/api/v1/search?q=harbour&limit=9&cursor={cursor}")).status, 200);
    let other = start_as(&both[..1], limits(), |server| server);
    assert_eq!(code(&other, &format!("/api/v1/search?q=harbour&cursor={cursor}")), (410, "stale-cursor".to_owned()));
}

#[test]
fn a_cursor_that_somebody_changed_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    for sort in ["relevance", "dataset", "-dataset", "domain", "-side"] {
        let cursor = server.get(&format!("/api/v1/search?q=harbour&sort={sort}&limit=3")).json();
        let cursor = cursor["next"].as_str().unwrap().to_owned();
        let mut statuses = Vec::new();
        for at in 0..cursor.len() {
            for other in ["A", "_"] {
                let changed = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
                let answer = server.get(&format!("/api/v1/search?q=harbour&sort={sort}&limit=3&cursor={changed}"));
                assert!([200, 400, 410].contains(&answer.status), "{sort}: {changed}: {}", answer.body);
                statuses.push(answer.status);
            }
        }
        for status in [200, 400, 410] {
            assert!(statuses.contains(&status), "{sort}: some are {status}");
        }
    }
}

#[test]
fn names_of_a_facet_go_on_and_add_up_over_datasets() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    for query in ["", "&q=dawn"] {
        let all = server.get(&format!("/api/v1/facets?fields=creator&limit=1000{query}")).json();
        let all = &all["facets"][0];
        let expected = all["values"].as_array().unwrap().clone();
        assert_eq!((&all["next"], all["distinct"].as_u64()), (&Value::Null, Some(expected.len() as u64)));
        // Counts of both datasets, and not only of what is common in each.
        for value in expected.iter().take(3) {
            let name = value["value"].as_str().unwrap().replace(' ', "+");
            let words = if query.is_empty() { String::new() } else { "dawn+".to_owned() };
            let found = server.get(&format!("/api/v1/search?q={words}creator:%22{name}%22&limit=0")).json();
            assert_eq!(found["total"], value["count"], "{name}");
        }
        let mut pages = Vec::new();
        let mut cursor = String::new();
        loop {
            let answer = server.get(&format!("/api/v1/facets?fields=creator&limit=7{query}{cursor}")).json();
            let facet = &answer["facets"][0];
            pages.extend(facet["values"].as_array().unwrap().clone());
            let Some(next) = facet["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
            assert!(pages.len() <= 100, "the list goes round");
        }
        assert_eq!(pages, expected);
    }
    let cursor = server.get("/api/v1/facets?fields=creator&limit=2").json();
    let cursor = cursor["facets"][0]["next"].as_str().unwrap();
    for bad in ["fields=domain", "fields=creator,domain", "q=dawn&fields=creator", "dataset=one&fields=creator"] {
        assert_eq!(server.get(&format!("/api/v1/facets?{bad}&cursor={cursor}")).status, 400, "{bad}");
    }
    let demo = start();
    assert_eq!(demo.get("/api/v1/facets?fields=domain&limit=1&cursor=AAAA").status, 400);
}
