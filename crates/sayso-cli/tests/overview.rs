//! A reader looks into an imported dataset in a real browser, at two widths, and what looks for barriers finds none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod driven;
mod support;

use std::path::Path;
use std::process::Command;

use driven::{Browser, Running, served, started};
use serde_json::{Value, json};
use support::sayso;

/// An imported table of two sites with names, licences, sizes and scores, served.
fn table(dir: &Path) -> (String, Running) {
    let rows: Vec<String> = (0..300)
        .map(|row| {
            let (site, maker) = (["one", "two"][row % 2], ["Ana Okonkwo", "Bo Lindqvist", "Cem Aydin"][row % 3]);
            json!({"url": format!("https://{site}.example/{row}.jpg"), "text": format!("A harbour at dawn, number {row}, by {maker}"),
                "license": (["CC BY 4.0", "?"][row % 2]), "width": 100 + row * 10, "height": 80 + row * 5,
                "similarity": 0.2 + row as f64 / 1000.0, "punsafe": row as f64 / 300.0, "note": "kept <b>as it was</b>"})
            .to_string()
        })
        .collect();
    std::fs::write(dir.join("t.jsonl"), rows.join("\n")).unwrap();
    assert!(sayso(&["import", "t.jsonl", "-o", "set"], dir).status.success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).arg(dir.join("set"));
    served(command)
}

#[test]
fn a_reader_counts_narrows_and_reads() {
    let Some(browser) = started(true) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = table(dir.path());
    for (width, height) in [(1200, 1300), (390, 844)] {
        browser.post("/window/rect", &json!({"width": width, "height": height}));
        browser.open(&format!("{site}/overview"));
        assert!(browser.text("h1").contains("What is in it"));
        let facets = browser.text("main");
        for part in ["one.example", "Bo Lindqvist", "cc-by-4.0", "150 samples without a statement", "0.5 to 0.52"] {
            assert!(facets.contains(part), "no `{part}` in {facets}");
        }
        browser.click("section[aria-labelledby=by-creator] a");
        browser.arrive("/creator/");
        let maker = browser.text("main");
        for part in
            ["A creator", "100 samples in set", "one.example", "no-statement", "Link to this", "set, snapshot 1"]
        {
            assert!(maker.contains(part), "no `{part}` in {maker}");
        }
        browser.click("main a[href^='/search?q=creator']");
        browser.arrive("/search?q=creator");
        assert!(browser.text("h1").contains("100 samples"), "{}", browser.text("h1"));
        browser.click("section[aria-labelledby=by-domain] a");
        browser.arrive("site%3A");
        assert!(browser.text("h1").contains("50 samples"), "{}", browser.text("h1"));
        // Without script a form is all it takes to sort.
        browser.click("#sort option[value='-punsafe']");
        browser.click(".sort button");
        browser.arrive("sort=-punsafe");
        assert!(browser.text("p.range").contains("most unsafe first"));
        assert_eq!(browser.property("#sort", "value"), json!("-punsafe"));
        browser.click("main a[href^='/samples/']");
        browser.arrive("/samples/");
        let sample = browser.text("main");
        assert!(sample.contains("kept <b>as it was</b>") && sample.contains("t.jsonl"), "{sample}");
        assert!(browser.elements("img").is_empty(), "nothing is loaded from the listed sites");
        browser.open(&format!("{site}/overview?q=punsafe%3A%3E%3D0.5"));
        browser.click("section[aria-labelledby=by-punsafe] a");
        browser.arrive("punsafe%3A0.5..0.52");
        let is_wider = browser.script("return document.documentElement.scrollWidth > window.innerWidth + 1");
        assert_eq!(is_wider, Value::Bool(false), "the page is wider than a window of {width}");
    }
}

#[cfg(feature = "sql")]
#[test]
fn a_reader_asks_in_sql() {
    let Some(browser) = started(false) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = table(dir.path());
    for (width, height) in [(1200, 1300), (390, 844)] {
        browser.post("/window/rect", &json!({"width": width, "height": height}));
        browser.open(&site);
        browser.click("header a[href='/sql']");
        browser.arrive("/sql");
        assert!(browser.text("main").contains("samples, 300 rows"));
        browser.click("section[aria-labelledby=examples] li a");
        browser.arrive("/sql?q=");
        assert!(browser.text("#answer").contains("2 rows"), "{}", browser.text("main"));
        assert!(browser.text(".answer").contains("one.example 150"), "{}", browser.text(".answer"));
        browser.open(&format!("{site}/sql"));
        browser.write("#q", "select * from samples order by url");
        browser.click("form button");
        browser.arrive("select+*");
        assert!(browser.text("#answer").contains("200 rows, and more were left out"), "{}", browser.text("#answer"));
        assert!(browser.elements("img").is_empty(), "nothing is loaded from the listed sites");
        let page = browser.property("html", "scrollWidth").as_u64().unwrap();
        let window = browser.property("html", "clientWidth").as_u64().unwrap();
        assert!(page <= window + 1, "the page is {page} wide, and the window {window}");
        let box_of = |name| browser.property(".answer", name).as_u64().unwrap();
        assert!(box_of("scrollWidth") > box_of("clientWidth"), "a wide table scrolls in its own box");
        assert_eq!(browser.property(".answer", "tabIndex"), json!(0), "which the keyboard reaches");
    }
}

#[test]
fn a_picture_that_may_be_unsafe_is_seen_when_the_reader_wants_it() {
    let Some(browser) = started(false) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = table(dir.path());
    browser.open(&format!("{site}/search?q=harbour&sort=-punsafe"));
    browser.click("main a[href^='/samples/']");
    browser.arrive("/samples/");
    browser.click("a.button");
    browser.arrive("show=picture");
    let filter = || {
        let element = browser.element("figure img");
        browser.get(&format!("/element/{element}/css/filter"))
    };
    assert_eq!(filter(), json!("blur(24px)"));
    // With the keyboard alone, and no script.
    browser.write("#unveil", " ");
    assert_eq!(filter(), json!("none"));
    browser.click("label[for=unveil]");
    assert_eq!(filter(), json!("blur(24px)"));
}

#[test]
fn the_keyboard_alone_is_enough() {
    let Some(browser) = started(false) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = table(dir.path());
    browser.open(&format!("{site}/search?q=harbour"));
    let here = || browser.get("/element/active");
    let name = |active: &Value| {
        let element = active.as_object().unwrap().values().next().unwrap().as_str().unwrap();
        let of =
            |what: &str| browser.get(&format!("/element/{element}/{what}")).as_str().unwrap_or_default().to_owned();
        format!("{} {}{} {}", of("name"), of("property/id"), of("property/className"), of("text"))
    };
    let press = |key: &str| {
        let stroke = |kind: &str| json!({"type": kind, "value": key});
        let keys = json!({"type": "key", "id": "keys", "actions": [stroke("keyDown"), stroke("keyUp")]});
        browser.post("/actions", &json!({"actions": [keys]}));
    };
    let (tab, enter) = ("\u{e004}", "\u{e007}");
    press(tab);
    // It moves into view when it has the focus, so its text may not be seen yet.
    let first = name(&here());
    assert!(first.starts_with("a skip"), "{first}");
    press(enter);
    // From the head of the page over the search to the order, the hits, and what narrows them.
    let mut order = Vec::new();
    for _ in 0..12 {
        press(tab);
        order.push(name(&here()));
    }
    let place = |part: &str| order.iter().position(|one| one.contains(part));
    let places = [
        place("input q "),
        place("button  Search"),
        place("select sort "),
        place("button  Sort"),
        place("A harbour at dawn"),
    ];
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} of {order:?}");
}

#[test]
fn no_page_has_serious_barriers() {
    // axe-core, from npm: `npm pack axe-core` and SAYSO_AXE=package/axe.min.js.
    let Some(axe) = std::env::var_os("SAYSO_AXE") else {
        eprintln!("skipped: SAYSO_AXE names no axe.min.js");
        return;
    };
    let Some(browser) = started(true) else { return };
    let axe = std::fs::read_to_string(axe).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = table(dir.path());
    browser.open(&format!("{site}/search?q=harbour"));
    let sample = browser.property("main a[href^='/samples/']", "href");
    let sample = sample.as_str().unwrap().trim_start_matches(&site).to_owned();
    browser.open(&format!("{site}/search?q=harbour&sort=-punsafe"));
    let veiled = browser.property("main a[href^='/samples/']", "href");
    let veiled = format!("{}?show=picture", veiled.as_str().unwrap().trim_start_matches(&site));
    let paths = [
        "/",
        "/search?q=harbour",
        "/search?q=nothing",
        "/overview",
        "/overview?q=dawn",
        "/search?q=harbour&sort=-punsafe&page=2",
        "/domain/one.example",
        "/domain/on.example",
        "/creator/Ana%20Okonkwo",
        "/licence/cc-by-4.0",
        "/compare?a=set&b=set",
        &veiled,
        &sample,
        "/match",
        "/about",
        "/none",
        "/sql",
        "/sql?q=select+*+from+samples+order+by+url+limit+30",
        "/sql?q=select+nothing+from+samples",
    ];
    for (width, height) in [(1200, 1300), (390, 844)] {
        browser.post("/window/rect", &json!({"width": width, "height": height}));
        for path in paths {
            browser.open(&format!("{site}{path}"));
            browser.script(&axe);
            let run = "const done = arguments[arguments.length - 1]; axe.run().then(found => done(found.violations.map(one => \
                       [one.impact, one.id, one.nodes.map(node => node.html).slice(0, 3)])));";
            let found = browser.post("/execute/async", &json!({"script": run, "args": []}));
            let found = found.as_array().unwrap_or_else(|| panic!("{path}: {found}"));
            let serious: Vec<_> = found.iter().filter(|one| one[0] == "serious" || one[0] == "critical").collect();
            assert!(serious.is_empty(), "{path} at {width}: {serious:?}");
            for one in found {
                eprintln!("{path} at {width}: {one}");
            }
        }
    }
}

impl Browser {
    /// What a script returns that is run in the page.
    fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }
}
