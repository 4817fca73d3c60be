//! `sayso match` on a dataset of a crawl in which pictures lie, as a person gives it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod pictures;
mod support;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use image::DynamicImage;
use image::imageops::FilterType;
use pictures::{drawn, jpeg, page, png, write};
use serde_json::Value;
use support::{json, said, sayso, text};

/// A dataset of four pictures: two copies of the first, one of the second, and a plain one.
fn dataset(dir: &Path) {
    let first = drawn(1);
    let crawl = [
        page("original", "a red evening", "image/png", &png(&first)),
        page("thief", "a <b>nice</b> evening", "image/jpeg", &jpeg(&first.resize(200, 150, FilterType::Triangle))),
        page("mirror", "=1+1", "image/jpeg", &jpeg(&drawn(2).fliph())),
        page("plain", "nothing", "image/png", &png(&DynamicImage::new_rgb8(64, 64))),
        page("broken", "half", "image/png", &png(&drawn(3))[..4000]),
    ];
    write(dir, "crawl.warc", &crawl.concat());
    let built = sayso(&["build", "crawl.warc", "-o", "set", "--json"], dir);
    // What cannot be decoded is counted, and is a sample all the same.
    let report = json(&built);
    assert_eq!(
        (built.status.code(), &report["samples"], &report["damage"]["picture"]["count"]),
        (Some(3), &5.into(), &1.into())
    );
    write(dir, "own/first.jpg", &jpeg(&first));
    write(dir, "own/deep/second.png", &png(&drawn(2)));
    write(dir, "own/other.jpg", &jpeg(&drawn(9)));
    write(dir, "own/grey.png", &png(&DynamicImage::new_luma8(40, 40)));
    write(dir, "own/notes.txt", b"no picture");
}

fn copies(document: &Value, number: usize) -> Vec<(String, String, u64, String)> {
    let copies = document["pictures"][number]["copies"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    copies
        .map(|copy| {
            let distance = copy["distance"].as_u64().unwrap();
            (text(&copy["class"]), text(&copy["turn"]), distance, text(&copy["sample"]["domain"]))
        })
        .collect()
}

#[test]
fn copies_of_a_portfolio_are_found() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let found = sayso(&["match", "set", "own", "--json"], dir.path());
    let document = json(&found);
    assert_eq!(found.status.code(), Some(0), "{}", said(&found));
    let names: Vec<_> =
        document["pictures"].as_array().unwrap().iter().map(|one| one["picture"].as_str().unwrap()).collect();
    assert_eq!(names, ["own/deep/second.png", "own/first.jpg", "own/grey.png", "own/other.jpg"]);
    let second = copies(&document, 0);
    assert_eq!(
        (second.len(), second[0].0.as_str(), second[0].1.as_str(), second[0].3.as_str()),
        (1, "copy", "flip-y", "mirror.example")
    );
    let first = copies(&document, 1);
    let mut sites: Vec<_> = first.iter().map(|copy| copy.3.as_str()).collect();
    sites.sort_unstable();
    assert_eq!(sites, ["original.example", "thief.example"]);
    assert!(first.iter().all(|copy| copy.0 == "copy" && copy.1 == "original" && copy.2 <= 16), "{first:?}");
    assert_eq!(copies(&document, 3), []);
    // A picture of one colour is like every other such: its hash is chance, and it is said so.
    assert_eq!((&document["pictures"][2]["can_be_matched"], copies(&document, 2)), (&false.into(), vec![]));
    let numbers = [&document["looked_for"], &document["found"], &document["too_plain"], &document["copies"]];
    assert_eq!(numbers, [&Value::from(4), &2.into(), &1.into(), &3.into()]);

    let says = text(&sayso(&["match", "set", "own"], dir.path()));
    assert!(
        says.contains("own/grey.png: cannot be matched: it is too plain to be told from others (quality 0 of 100)"),
        "{says}"
    );
    assert!(says.contains("mirrored left to right") && says.contains("own/other.jpg: nothing found"), "{says}");
    assert!(says.ends_with("4 pictures looked for, 2 found, in 3 samples; 1 too plain to be matched\n"), "{says}");
}

#[test]
fn the_very_file_is_told_from_a_copy() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    write(dir.path(), "same.png", &png(&drawn(1)));
    let document = json(&sayso(&["match", "set", "same.png", "--json"], dir.path()));
    let found = copies(&document, 0);
    assert_eq!((found[0].0.as_str(), found[0].2, found[0].3.as_str()), ("same-file", 0, "original.example"));
    assert_eq!((found.len(), found[1].0.as_str()), (2, "copy"));
    // One at a time, and said so.
    let one = json(&sayso(&["match", "set", "same.png", "-n", "1", "--json"], dir.path()));
    assert_eq!((copies(&one, 0).len(), &one["pictures"][0]["has_more"]), (1, &true.into()));
}

#[test]
fn a_hash_will_do_and_so_will_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let document = json(&sayso(&["match", "set", "own/first.jpg", "--json"], dir.path()));
    let hash = document["pictures"][0]["pdq"].as_str().unwrap().to_owned();
    let by_hash = json(&sayso(&["match", "set", "--hash", &hash, "--json"], dir.path()));
    assert_eq!(copies(&by_hash, 0), copies(&document, 0));
    // What --json printed is a file of hashes itself.
    write(dir.path(), "hashes.json", document.to_string().as_bytes());
    let by_file = json(&sayso(&["match", "set", "hashes.json", "--json"], dir.path()));
    assert_eq!(
        (copies(&by_file, 0), &by_file["pictures"][0]["picture"]),
        (copies(&document, 0), &"own/first.jpg".into())
    );

    let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
        .args(["match", "set", "-", "--json"])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&jpeg(&drawn(1))).unwrap();
    let piped = json(&child.wait_with_output().unwrap());
    assert_eq!((copies(&piped, 0), &piped["pictures"][0]["picture"]), (copies(&document, 0), &"-".into()));
}

#[test]
fn the_exit_status_tells_how_it_went() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    assert_eq!(run(&["match", "set", "own/other.jpg"]).status.code(), Some(1));
    write(dir.path(), "bad/cut.png", &png(&drawn(1))[..3000]);
    write(dir.path(), "bad/not.jpg", b"<html>");
    write(dir.path(), "bad/first.jpg", &jpeg(&drawn(1)));
    let bad = run(&["match", "set", "bad", "--json"]);
    let document = json(&bad);
    let kinds: Vec<_> = document["bad"].as_array().unwrap().iter().map(|bad| bad["kind"].as_str().unwrap()).collect();
    assert_eq!((bad.status.code(), kinds, &document["found"]), (Some(3), vec!["not-a-picture", "cut"], &1.into()));
    for (arguments, expected) in [
        (&["match", "set"][..], "nothing to look for was named"),
        (&["match", "own", "own/first.jpg"], "is not a dataset"),
        (&["match", "set", "nowhere.jpg"], "nowhere.jpg"),
        (&["match", "set", "--hash", "abc"], "64 hexadecimal digits"),
        (&["match", "set", "own", "--distance", "65"], "65"),
        (&["match", "set", "own", "--fetch-found"], "--html"),
    ] {
        let refused = run(arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(said(&refused).contains(expected), "{arguments:?}: {}", said(&refused));
    }
    // An index that is not there is asked for, and built again.
    std::fs::remove_dir_all(dir.path().join("set/index/hash")).unwrap();
    let without = run(&["match", "set", "own"]);
    assert_eq!((without.status.code(), said(&without).contains("holds no index")), (Some(2), true));
    assert!(run(&["index", "set"]).status.success());
    assert_eq!(run(&["match", "set", "own"]).status.code(), Some(0));
}

#[test]
fn a_new_snapshot_forgets_what_it_refuses() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let robots =
        pictures::record("https://thief.example/robots.txt", "text/plain", b"User-agent: GPTBot\nDisallow: /\n");
    write(dir.path(), "new.warc", &robots);
    assert!(sayso(&["judge", "set", "--robots", "new.warc"], dir.path()).status.success());
    let document = json(&sayso(&["match", "set", "own/first.jpg", "--json"], dir.path()));
    let sites: Vec<_> = copies(&document, 0).into_iter().map(|copy| copy.3).collect();
    assert_eq!(sites, ["original.example"]);
}

#[test]
fn a_table_holds_no_formulas_of_strangers() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let table = text(&sayso(&["match", "set", "own", "--csv"], dir.path()));
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert!(lines[0].starts_with("picture,class,how,distance,turn,dataset,uid,url"), "{table}");
    assert!(lines[1].starts_with("own/deep/second.png,copy,turned-hash,") && lines[1].contains("\"'=1+1\""), "{table}");
    assert!(
        lines.contains(&"own/grey.png,too-plain,,,,,,,,,,,,,,,,,,its hash says too little to be told from others"),
        "{table}"
    );
    assert!(lines.contains(&"own/other.jpg,not-found,,,,,,,,,,,,,,,,,,"), "{table}");
    assert_eq!(lines.len(), 1 + 3 + 2 + 1, "{table}");
}

#[test]
fn the_report_loads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    assert_eq!(run(&["match", "set", "own", "--html", "report.html"]).status.code(), Some(0));
    let html = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(html.contains("<h1>2 of 4 pictures found</h1>") && html.trim_end().ends_with("</html>"), "{html}");
    assert!(
        html.contains("default-src &#39;none&#39;; img-src data:")
            || html.contains("default-src &#x27;none&#x27;; img-src data:"),
        "{html}"
    );
    // One's own pictures are in it, and nothing of anybody else's is, nor what strangers write as anything but text.
    assert_eq!(html.matches("src=\"").count(), html.matches("src=\"data:image/jpeg;base64,").count());
    assert_eq!(html.matches("<img ").count(), 2);
    assert_eq!(html.matches("not fetched").count(), 3);
    assert!(!html.contains("<b>nice") && html.contains("nice"), "{html}");
    assert!(html.contains("href=\"https://thief.example/thief.bin\""), "{html}");
    // A report takes nobody's place.
    let refused = run(&["match", "set", "own/first.jpg", "--html", "own/first.jpg"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!dir.path().join("own/first.jpg.tmp").exists());
}

/// PDQ's own pictures: one with eleven edits, and the same in all eight ways it can lie.
#[test]
fn the_edits_and_turns_of_the_reference_are_found() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), Into::into);
    let anchors = shared.join("anchors/pictures/copies");
    if !anchors.is_dir() {
        eprintln!("skipped: no shared anchors");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let original = std::fs::read(anchors.join("bridge-mods/aaa-orig.jpg")).unwrap();
    let turned = std::fs::read(anchors.join("dih/bridge-1-original.jpg")).unwrap();
    let crawl = [
        page("bridge", "a bridge", "image/jpeg", &original),
        page("turned", "the bridge, as it is turned", "image/jpeg", &turned),
        page("other", "hills", "image/png", &png(&drawn(4))),
    ];
    write(dir.path(), "crawl.warc", &crawl.concat());
    assert!(sayso(&["build", "crawl.warc", "-o", "set"], dir.path()).status.success());
    let run = |folder: &str| {
        let folder = anchors.join(folder);
        json(&sayso(&["match", "set", folder.to_str().unwrap(), "--json"], dir.path()))
    };
    let edits = run("bridge-mods");
    assert_eq!((&edits["looked_for"], &edits["found"]), (&12.into(), &12.into()));
    for number in 0..12 {
        let found = copies(&edits, number);
        let bridge = found.iter().find(|copy| copy.3 == "bridge.example").unwrap();
        let expected = if number == 0 { "same-file" } else { "copy" };
        assert_eq!(
            (bridge.0.as_str(), bridge.1.as_str()),
            (expected, "original"),
            "{}",
            edits["pictures"][number]["picture"]
        );
        assert!(found.iter().all(|copy| copy.3 != "other.example"));
    }
    let turns = run("dih");
    assert_eq!((&turns["looked_for"], &turns["found"]), (&8.into(), &8.into()));
    // What has to be done to each to look like the first of them.
    let expected =
        ["original", "rotate-270", "rotate-180", "rotate-90", "flip-x", "flip-y", "flip-plus-1", "flip-minus-1"];
    for (number, expected) in expected.into_iter().enumerate() {
        let found = copies(&turns, number);
        let first = found.iter().find(|copy| copy.3 == "turned.example").unwrap();
        assert_eq!(first.1, expected, "{}", turns["pictures"][number]["picture"]);
    }
    // Hashes alone will do, where they were made of all ways the picture can lie.
    let hashed = sayso(&["hash", "--json", "--dihedral", anchors.join("dih").to_str().unwrap()], dir.path());
    write(dir.path(), "hashes.json", &hashed.stdout);
    let by_hash = json(&sayso(&["match", "set", "hashes.json", "--json"], dir.path()));
    assert_eq!((&by_hash["looked_for"], &by_hash["found"]), (&8.into(), &8.into()));
    assert_eq!(copies(&by_hash, 5), copies(&turns, 5));
}
