//! Pages of sites, creators and licences; the JSON beside every page; links that name what they show.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{import_table, limits, start, start_as, start_with};

/// Two datasets in which one creator's name is written in several ways.
fn datasets(dir: &Path) -> Vec<PathBuf> {
    let row = |site: &str, number: u32, creator: &str, licence: &str, punsafe: Value| {
        json!({"url": format!("https://cdn.{site}/{number}.jpg"), "text": format!("A harbour at dawn, number {number}"),
            "author": creator, "license": licence, "punsafe": punsafe})
    };
    let one = [
        row("ant.example", 1, "Ana Müller", "cc-by-4.0", json!(0.9)),
        row("ant.example", 2, "ANA MULLER", "cc-by-4.0", json!(0.1)),
        row("ant.example", 3, "Müller, Ana", "https://ant.example/terms?a=b/c", json!(null)),
        row("bee.example", 4, "Ana Müller-Schmidt", "CC BY-NC 4.0", json!(0.5)),
        row("bee.example", 5, "<b>Bo</b> \"B\" \u{202e}x", "cc-by-4.0", json!(0.49)),
    ];
    let two = [row("ant.example", 6, "ana müller", "cc-by-4.0", json!(1)), row("cow.example", 7, "Cem", "?", json!(0))];
    vec![import_table(dir, "one", &one), import_table(dir, "two", &two)]
}

#[test]
fn a_site_a_creator_and_a_licence_have_pages() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    let site = server.get("/api/v1/domain/ant.example").json();
    assert_eq!((&site["name"], &site["samples"]), (&json!("ant.example"), &json!(4)));
    assert_eq!(site["datasets"], json!([{"dataset": "one", "samples": 3}, {"dataset": "two", "samples": 1}]));
    let facet = |value: &Value, field: &str| {
        value["facets"].as_array().unwrap().iter().find(|facet| facet["field"] == field).cloned().unwrap()
    };
    assert_eq!(facet(&site, "reason")["values"], json!([{"value": "no-statement", "count": 4}]));
    assert_eq!(facet(&site, "licence")["values"][0], json!({"value": "cc-by-4.0", "count": 3}));
    assert!(site["facets"].as_array().unwrap().iter().all(|facet| facet["field"] != "domain"));
    assert_eq!(site["examples"].as_array().unwrap().len(), 4);
    assert_eq!((&site["looked_at"], &site["statements"]), (&json!(4), &json!([])));
    // Every way to write the name leads to the same creator, and a longer name is another's.
    for spelling in ["Ana%20M%C3%BCller", "ana%20muller", "M%C3%BCller,%20Ana", "ANA%20M%C3%9CLLER"] {
        let creator = server.get(&format!("/api/v1/creator/{spelling}")).json();
        assert_eq!(creator["samples"], 4, "{spelling}: {creator}");
        let page = server.get(&format!("/creator/{spelling}"));
        assert!(page.body.contains("<h1 dir=\"auto\">Ana Müller</h1>"), "{spelling}: {}", page.body);
        assert!(page.body.contains("href=\"/creator/Ana%20M%C3%BCller?snapshot=1,1\""), "one address: {}", page.body);
    }
    let found = server.get("/api/v1/facets?q=harbour&fields=creator").json();
    let counts: Vec<&Value> =
        found["facets"][0]["values"].as_array().unwrap().iter().map(|one| &one["count"]).collect();
    assert_eq!(counts[0], 3, "spellings count as one within a dataset: {found}");
    for (path, samples) in [
        ("/licence/cc-by-4.0", "4 samples"),
        ("/licence/CC-BY-4.0", "4 samples"),
        ("/licence/https:%2F%2Fant.example%2Fterms%3Fa=b%2Fc", "1 sample"),
        ("/domain/ANT.example.", "4 samples"),
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(&format!("<p class=\"lead\">{samples}")), "{path}: {}", page.body);
        assert_eq!(page.header("x-robots-tag"), "noindex, noai", "{path}");
    }
    // Every link on the way leads somewhere, also from what is hostile.
    for from in ["/overview", "/search?q=harbour", "/domain/bee.example"] {
        let page = server.get(from).body;
        let links: Vec<&str> = page.split("href=\"/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.iter().filter(|link| link.starts_with("creator/")).count() > 0 || from.starts_with("/domain"));
        for link in links.iter().filter(|link| !link.starts_with("assets/")) {
            let link = link.replace("&#38;", "&");
            let status = server.get(&format!("/{link}")).status;
            assert_eq!(status, 200, "{from} leads to /{link}");
        }
        assert!(!page.contains("<b>Bo"), "{page}");
        // A hit's name stands by itself, where an override turns nothing but itself.
        assert!(from.starts_with("/search") || !page.contains('\u{202e}'), "{page}");
    }
}

#[test]
fn what_is_not_there_says_what_is_near() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    for (path, near) in [
        ("/domain/ants.example", "/domain/ant.example"),
        ("/domain/www.bee.example", "/domain/bee.example"),
        ("/creator/Ana%20Muler", "/creator/Ana%20M%C3%BCller"),
        ("/licence/cc-by", "/licence/cc-by-4.0"),
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 404, "{path}");
        assert!(page.body.contains(&format!("<a href=\"{near}\">")), "{path}: {}", page.body);
        let answer = server.get(&format!("/api/v1{path}"));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!("no-value")), "{path}");
        assert!(answer.json()["error"]["hint"].as_str().unwrap().starts_with("did you mean"), "{path}");
    }
    for nothing in ["/domain/x", "/creator/%3Cscript%3E", "/creator/%FF", "/licence/%20", "/creator/a%0Ab", "/domain/"]
    {
        let page = server.get(nothing);
        assert_eq!(page.status, 404, "{nothing}");
        assert!(!page.body.contains("<script"), "{nothing}");
    }
}

#[test]
fn a_site_says_what_it_said() {
    let server = start();
    let domains = server.get("/api/v1/facets?fields=domain&limit=100").json();
    let mut stated = 0;
    for domain in domains["facets"][0]["values"].as_array().unwrap() {
        let name = domain["value"].as_str().unwrap();
        let site = server.get(&format!("/api/v1/domain/{name}")).json();
        assert_eq!(site["samples"], domain["count"], "{name}");
        let page = server.get(&format!("/domain/{name}")).body;
        for statement in site["statements"].as_array().unwrap() {
            stated += 1;
            assert!(statement["count"].as_u64().unwrap() <= site["looked_at"].as_u64().unwrap());
            let evidence = &statement["reason"]["evidence"];
            let speaker = evidence["speaker"].as_str().unwrap();
            assert!(["page", "page-site", "picture", "picture-site"].contains(&speaker));
            assert!(page.contains(statement["reason"]["code"].as_str().unwrap()), "{name}: {statement}");
        }
        assert_eq!(page.contains("Silence is not a yes"), site["statements"] == json!([]), "{name}");
    }
    assert!(stated > 0, "the demo's sites state something");
}

#[test]
fn every_page_is_json_too() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    let uid = server.first_uid("harbour");
    let pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    for (page, api) in [
        ("/".to_owned(), "/api/v1/datasets".to_owned()),
        ("/search?q=harbour&sort=-punsafe".to_owned(), "/api/v1/search?q=harbour&sort=-punsafe".to_owned()),
        ("/overview".to_owned(), "/api/v1/facets".to_owned()),
        ("/overview?q=harbour".to_owned(), "/api/v1/facets?q=harbour".to_owned()),
        ("/overview?dataset=two".to_owned(), "/api/v1/facets?dataset=two".to_owned()),
        ("/compare?a=one&b=two".to_owned(), "/api/v1/compare?a=one&b=two".to_owned()),
        (format!("/samples/{uid}"), format!("/api/v1/samples/{uid}")),
        ("/domain/ant.example".to_owned(), "/api/v1/domain/ant.example".to_owned()),
        ("/creator/Cem".to_owned(), "/api/v1/creator/Cem".to_owned()),
        ("/licence/cc-by-4.0".to_owned(), "/api/v1/licence/cc-by-4.0".to_owned()),
        (format!("/match?pdq={pdq}"), format!("/api/v1/match?pdq={pdq}")),
        ("/about".to_owned(), "/api/v1/openapi.json".to_owned()),
    ] {
        let html = server.get(&page);
        assert_eq!(html.status, 200, "{page}");
        let alternate = html.body.split("<link rel=\"alternate\" type=\"application/json\" href=\"").nth(1);
        let alternate = alternate.unwrap_or_else(|| unreachable!("{page} names no JSON: {}", html.body));
        let alternate = alternate.split('"').next().unwrap().replace("&#38;", "&");
        let answer = server.get(&alternate);
        assert_eq!((answer.status, answer.header("content-type").as_str()), (200, "application/json"), "{alternate}");
        assert_eq!(answer.json(), server.get(&api).json(), "{alternate}");
    }
    for (nothing, status) in [("/nothing.json", 404), ("/search.json?q=%22", 400), ("/samples/x.json", 400)] {
        let answer = server.get(nothing);
        assert_eq!(answer.status, status, "{nothing}");
        assert!(answer.json()["error"]["code"].is_string(), "{nothing}");
    }
}

#[test]
fn links_name_their_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let server = start_as(&datasets(dir.path()), limits(), |server| server);
    let uid = server.first_uid("harbour");
    for page in [
        "/search?q=harbour&sort=-punsafe",
        "/overview?q=harbour",
        "/overview",
        "/compare?a=one&b=two",
        "/domain/ant.example",
        &format!("/samples/{uid}"),
    ] {
        let body = server.get(page).body;
        let bookmark =
            body.split("rel=\"bookmark\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        assert!(bookmark.starts_with(page) && bookmark.ends_with("snapshot=1,1"), "{page}: {bookmark}");
        assert!(body.contains("one, snapshot 1; two, snapshot 1"), "{page}");
        assert!(!server.get(&bookmark).body.contains("have changed"), "{page}");
        let older = bookmark.replace("snapshot=1,1", "snapshot=7,%3Cb%3E");
        let body = server.get(&older).body;
        assert!(body.contains("have changed") && !body.contains("<b>"), "{older}");
    }
}

#[test]
fn pictures_that_may_be_unsafe_are_blurred_at_first() {
    let dir = tempfile::tempdir().unwrap();
    let one = datasets(dir.path()).remove(0);
    let server = start_with(&one, limits());
    for (number, is_blurred) in [(1, true), (2, false), (3, false), (4, true), (5, false)] {
        let uid = server.first_uid(&format!("%22number+{number}%22"));
        let closed = server.get(&format!("/samples/{uid}"));
        assert!(!closed.body.contains("<img") && !closed.body.contains("class=\"veiled\""), "{}", closed.body);
        assert_eq!(closed.body.contains("it will be blurred"), is_blurred, "{number}");
        let open = server.get(&format!("/samples/{uid}?show=picture"));
        assert!(open.body.contains("<img"), "{number}");
        assert_eq!(open.body.contains("<figure class=\"veiled\">"), is_blurred, "{number}: {}", open.body);
        // The control stands before the picture, works without script, and has a name.
        let control = open.body.find("<input type=\"checkbox\" id=\"unveil\"> <label for=\"unveil\">");
        assert_eq!(control.is_some(), is_blurred);
        assert!(control.is_none_or(|control| control < open.body.find("<img").unwrap()));
        assert!(!open.body.contains("<script") && !open.body.contains("style=\""));
    }
    let style = server.get("/").body;
    let style = style.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let css = server.get(&style).body;
    assert!(
        css.contains(".veiled img { filter: blur(24px); }")
            && css.contains("#unveil:checked ~ .shown img { filter: none; }")
    );
}

#[test]
fn a_value_of_a_column_has_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<Value> = (0..6)
        .map(|number| {
            let medium = if number % 2 == 0 { "Oil / canvas" } else { "<i>Ink</i>" };
            json!({"url": format!("https://ant.example/{number}.jpg"), "text": format!("picture {number}"),
                "medium": medium, "asked": "ana@example.org"})
        })
        .collect();
    let server = start_as(&[import_table(dir.path(), "works", &rows)], limits(), |server| server);
    let overview = server.get("/overview");
    assert!(overview.body.contains("<a href=\"/column/medium/Oil%20%2F%20canvas\">"), "{}", overview.body);
    assert!(overview.body.contains("&#60;i&#62;Ink&#60;/i&#62;") && !overview.body.contains("<i>Ink"));
    assert!(!overview.body.contains("ana@"), "{}", overview.body);
    // What is personal is counted under its mask, and stands in no index, cursor or address.
    let facets = std::fs::read(dir.path().join("works/index/facets/facets.bin")).unwrap();
    assert!(!facets.windows(4).any(|bytes| bytes == b"ana@"));
    let page = server.get("/column/medium/Oil%20%2F%20canvas");
    assert!(page.body.contains("<p class=\"kicker\">medium</p>") && page.body.contains("3 samples"), "{}", page.body);
    let value = server.get("/column/medium/Oil%20%2F%20canvas.json").json();
    assert_eq!((&value["field"], &value["samples"]), (&json!("column:medium"), &json!(3)));
    assert_eq!(value["examples"].as_array().unwrap().len(), 3);
    let facets = server.get("/api/v1/facets?fields=column:medium").json();
    assert_eq!(facets["facets"][0]["values"][0]["count"], 3);
    for (path, status) in [
        ("/column/medium/Chalk", 404),
        ("/column/asked/ana@example.org", 404),
        ("/column/none/Oil", 404),
        ("/api/v1/column/none/Oil", 404),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
    assert_eq!(server.get("/api/v1/facets?fields=column:none").status, 400);
}
