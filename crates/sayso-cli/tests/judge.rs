//! `sayso judge` and policy files, as a person gives them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, reason = "tests")]

#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;

mod support;

use std::path::Path;

use support::{json, said, sayso, text};

use sites::{Site, nothing, reply};

fn record(url: &str, content_type: &str, header: &str, body: &str) -> String {
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{header}\r\n{body}");
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
        answer.len()
    )
}

fn crawl(dir: &Path) {
    let page = |site: &str, header: &str, more: &str| {
        let body = format!("<img src='/{site}.jpg' alt='a {site} thing'>{more}");
        record(&format!("https://{site}.example/"), "text/html", header, &body)
    };
    let nc = "<a rel=license href='https://creativecommons.org/licenses/by-nc/4.0/'>NC</a>";
    let old = [page("noai", "X-Robots-Tag: noai\r\n", ""), page("nc", "", nc), page("quiet", "", "")];
    std::fs::write(dir.join("old.warc"), old.concat()).unwrap();
    let new = record("https://quiet.example/robots.txt", "text/plain", "", "User-agent: GPTBot\nDisallow: /\n");
    std::fs::write(dir.join("new.warc"), new).unwrap();
}

#[test]
fn an_old_list_is_judged_anew() {
    let dir = tempfile::tempdir().unwrap();
    crawl(dir.path());
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    assert!(run(&["build", "old.warc", "-o", "set", "--policy", "record"]).status.success());

    let dry = json(&run(&["judge", "set", "--policy", "opt-out", "--dry-run", "--json"]));
    assert_eq!((&dry["refused"], &dry["snapshot"]), (&1.into(), &1.into()));

    let judged = run(&["judge", "set", "--policy", "opt-out", "--robots", "new.warc"]);
    let says = text(&judged);
    assert_eq!(judged.status.code(), Some(0), "{}", said(&judged));
    assert!(says.contains("3 samples judged, 1 with another verdict, 2 refused, 1 left"), "{says}");
    assert!(says.contains("refused: 1 ai-agent-disallowed") && says.contains("refused: 1 noai"), "{says}");
    assert!(says.contains("set: snapshot 2, for train-genai under opt-out"), "{says}");

    // Whoever reads all shards reads what is left.
    let shards: Vec<_> = std::fs::read_dir(dir.path().join("set/samples")).unwrap().collect();
    assert_eq!(shards.len(), 1);
    assert_eq!(run(&["search", "set", "quiet"]).status.code(), Some(1));
    assert_eq!(run(&["search", "set", "nc"]).status.code(), Some(0));

    // Without a word about it policy and purpose stay, and what was refused is not heard of again.
    let again = run(&["judge", "set", "--json"]);
    assert_eq!((&json(&again)["judged"], &json(&again)["snapshot"]), (&1.into(), &2.into()));
    let looser = run(&["judge", "set", "--policy", "record"]);
    assert!(text(&looser).contains("2 pairs refused before stay refused"), "{}", text(&looser));
}

#[test]
fn a_policy_file_builds_and_judges() {
    let dir = tempfile::tempdir().unwrap();
    crawl(dir.path());
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    let policy = "# what the museum takes\nname = \"museum\"\nbase = \"opt-in\"\ngrant-licences = [\"cc-by-nc\"]\n";
    std::fs::write(dir.path().join("museum.toml"), policy).unwrap();
    let built = run(&["build", "old.warc", "-o", "set", "--policy", "museum.toml"]);
    let says = text(&built);
    assert!(says.contains("1 sample, 2 pairs refused") && says.contains("under museum (opt-in)"), "{says}");
    let manifest = std::fs::read_to_string(dir.path().join("set/manifest-000001.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["own_rules"]["name"], "museum");
    let hits = json(&run(&["search", "set", "nc", "--json"]));
    let uid = hits["hits"][0]["uid"].as_str().unwrap();
    let shown = text(&run(&["show", "set", uid]));
    assert!(shown.contains("states a licence that this policy takes for a grant"), "{shown}");

    for (file, says) in [
        ("name = \"a\"", "missing field `base`"),
        ("name = \"a\"\nbase = \"opt-in\"\nrefuse = [\"noia\"]", "`noia` is no code of a reason"),
    ] {
        std::fs::write(dir.path().join("bad.toml"), file).unwrap();
        let output = run(&["judge", "set", "--policy", "bad.toml"]);
        let message = said(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains("bad.toml") && message.contains(says) && message.contains("\nhint: "), "{message}");
    }
    let unknown = run(&["build", "old.warc", "-o", "x", "--policy", "museum"]);
    assert!(said(&unknown).contains("museum.toml"), "{}", said(&unknown));
}

#[test]
fn the_sites_of_an_old_list_are_asked_what_they_say_now() {
    let dir = tempfile::tempdir().unwrap();
    let site = |robots: &str| Site::of(vec![("/robots.txt", reply(200, "Content-Type: text/plain\r\n", robots))]);
    let says_no = site("User-agent: CCBot\nDisallow: /\n");
    let says_nothing = Site::start(|_| nothing());
    let by_file = Site::of(vec![
        ("/robots.txt", nothing()),
        (
            "/.well-known/tdmrep.json",
            reply(200, "Content-Type: application/json\r\n", r#"[{"location":"/gallery/*","tdm-reservation":1}]"#),
        ),
    ]);
    let page = |site: &Site, path: &str| {
        record(&site.url(path), "text/html", "", &format!("<img src='{path}1.jpg' alt='one of {path}'>"))
    };
    let pages = [
        page(&says_no, "/"),
        page(&says_nothing, "/"),
        page(&by_file, "/gallery/"),
        page(&by_file, "/open/"),
        // Whose server is gone has said nothing new; a policy that wants to be sure assumes a disallow of everything.
        record("http://127.0.0.1:9/", "text/html", "", "<img src='/1.jpg' alt='gone'>"),
    ];
    std::fs::write(dir.path().join("old.warc"), pages.concat()).unwrap();
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    assert!(run(&["build", "old.warc", "-o", "set"]).status.success());
    let polite = ["--online", "--allow-private", "--pause", "0", "--cache", "cache"];
    let judged = run(&[&["judge", "set", "--json"][..], &polite].concat());
    let report = json(&judged);
    assert_eq!((&report["asked"], &report["judged"], &report["refused"]), (&4.into(), &5.into(), &2.into()));
    assert_eq!(report["refused_by_reason"], serde_json::json!({"ai-agent-disallowed": 1, "tdm-reserved": 1}));
    assert_ne!(report["not_learned"], 0, "a server that is gone is told of, and nobody is taken out for it");
    // Nobody is asked twice for what two pages of one site need, nor for pages and pictures.
    for site in [&says_no, &says_nothing, &by_file] {
        let mut asked: Vec<String> = site.asked().into_iter().map(|asked| asked.path).collect();
        asked.sort();
        assert_eq!(asked, ["/.well-known/tdmrep.json", "/ai.txt", "/robots.txt"]);
    }
    // What is left is asked of the cache.
    let again = json(&run(&[&["judge", "set", "--policy", "record", "--json"][..], &polite].concat()));
    assert_eq!((&again["judged"], &again["refused"]), (&3.into(), &0.into()));
    let sure = json(&run(&[&["judge", "set", "--policy", "strict", "--json"][..], &polite].concat()));
    assert_eq!(sure["refused_by_reason"]["robots-assumed-disallowed"], 1, "{sure}");
}

#[test]
fn where_the_line_is_cut_nobody_is_refused_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let page = |port: u16| record(&format!("http://127.0.0.1:{port}/"), "text/html", "", "<img src='/1.jpg' alt='x'>");
    std::fs::write(dir.path().join("old.warc"), [page(9), page(19)].concat()).unwrap();
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    assert!(run(&["build", "old.warc", "-o", "set"]).status.success());
    for arguments in [&["--allow-private"][..], &[]] {
        let judged = run(&[&["judge", "set", "--online", "--no-cache", "--pause", "0"][..], arguments].concat());
        let message = said(&judged);
        assert_eq!(judged.status.code(), Some(2), "{message}");
        assert!(message.contains("2 of its 2 sites do not answer") && message.contains("\nhint: "), "{message}");
    }
    assert_eq!(json(&run(&["judge", "set", "--json"]))["samples"], 2);
}
