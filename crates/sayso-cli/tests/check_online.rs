//! `sayso check --online`: sites of this test's own, on 127.0.0.1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, reason = "tests")]

#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::json;

use sites::{Site, html, nothing, reply, text};

fn check(arguments: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.arg("check").args(arguments).args(["--allow-private", "--pause", "0", "--cache", "cache"]);
    command.current_dir(dir).output().unwrap()
}

fn a_site() -> Site {
    Site::of(vec![
        ("/robots.txt", text("User-agent: *\nDisallow: /closed/\n\nUser-agent: GPTBot\nDisallow: /no/\n")),
        ("/ai.txt", nothing()),
        ("/.well-known/tdmrep.json", nothing()),
        ("/free.jpg", reply(200, "Content-Type: image/jpeg\r\nContent-Usage: train-ai=y\r\n", "x")),
        ("/quiet.jpg", reply(200, "Content-Type: image/jpeg\r\n", "x")),
        ("/tag.jpg", reply(200, "Content-Type: image/jpeg\r\nX-Robots-Tag: noai\r\n", "x")),
        ("/no/a.jpg", reply(200, "Content-Type: image/jpeg\r\n", "x")),
        ("/closed/a.jpg", html("nobody should see this")),
    ])
}

#[test]
fn a_table_of_addresses_is_asked_about_and_answered_in_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    let paths = ["/tag.jpg", "/free.jpg", "/no/a.jpg", "/quiet.jpg", "/closed/a.jpg"];
    let rows: String = paths.iter().map(|path| format!("{},a caption\n", site.url(path))).collect();
    std::fs::write(dir.path().join("pairs.csv"), format!("url,caption\n{rows}")).unwrap();

    let report = json(&check(&["pairs.csv", "--json"], dir.path()));
    assert_eq!((&report["refused"], &report["not_asked"]), (&0.into(), &5.into()));
    assert_eq!(site.asked().len(), 0, "nobody is asked unless told so");

    let output = check(&["pairs.csv", "--json", "--online"], dir.path());
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1));
    let told: Vec<_> = report["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            (
                p["url"].as_str().unwrap().to_owned(),
                p["stance"].as_str().unwrap(),
                p["reasons"][0]["code"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("disallowed", "noai"),
        ("allowed", "content-usage-granted"),
        ("disallowed", "ai-agent-disallowed"),
        ("unknown", "no-statement"),
        ("disallowed", "robots-disallowed"),
    ];
    let expected: Vec<_> =
        paths.iter().zip(expected).map(|(path, (stance, code))| (site.url(path), stance, code)).collect();
    assert_eq!(told, expected);
    let asked = site.asked();
    assert_eq!(asked.iter().filter(|path| path.path.contains("robots.txt")).count(), 1, "{asked:?}");
    assert!(!asked.iter().any(|path| path.path.contains("/closed/")), "{asked:?}");
    // Answers count for a day.
    check(&["pairs.csv", "--json", "--online"], dir.path());
    assert_eq!(site.asked().len(), asked.len());
}

#[test]
fn the_source_beside_a_picture_is_asked_too_and_what_cannot_be_learned_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    let folder = dir.path().join("pictures");
    std::fs::create_dir(&folder).unwrap();
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";
    for (name, url) in [("a", site.url("/tag.jpg")), ("b", "http://nobody.invalid/b.jpg".to_owned())] {
        std::fs::write(folder.join(format!("{name}.gif")), gif).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), format!("{{\"url\":\"{url}\"}}")).unwrap();
    }
    let report = json(&check(&["pictures", "--online", "--json", "--html", "report.html"], dir.path()));
    assert_eq!(report["pictures"][0]["reasons"][0]["code"], "noai");
    // Whose robots.txt cannot be had, of that a disallow of everything is assumed (RFC 9309).
    assert_eq!(report["pictures"][1]["reasons"][0]["code"], "robots-assumed-disallowed");
    assert_eq!(report["bad"][0]["kind"], "not-learned");
    let page = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(page.contains("X-Robots-Tag") || page.contains("x-robots-tag"));
    // A policy file decides here as in a build.
    std::fs::write(dir.path().join("own.toml"), "name = \"own\"\nbase = \"record\"\nrefuse = [\"noai\"]\n").unwrap();
    let report = json(&check(&["pictures", "--online", "--json", "--policy", "own.toml"], dir.path()));
    assert_eq!((&report["policy"], &report["refused"]), (&"own (record)".into(), &1.into()));
}
