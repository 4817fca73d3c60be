//! What goes wrong around a removal, and what must not be told, kept or lost then.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod resolver;
mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use domain::base::iana::Rcode;
use resolver::{Sent, TestResolver, answer, txt};
use serde_json::{Value, json};
use support::{json, said, sayso, text};

/// A table of pictures at two sites, imported as `set`.
fn imported(dir: &Path, name: &str, more: &[&str]) {
    let table = "url,text\n\
        https://ana.example/1.jpg,a boat at dawn\n\
        https://ana.example/2.jpg,a boat at noon\n\
        https://bob.example/1.jpg,12\n\
        https://bob.example/2.jpg,7\n";
    fs::write(dir.join("t.csv"), table).unwrap();
    let made = sayso(&[&["import", "t.csv", "-o", name], more].concat(), dir);
    assert!(made.status.success(), "{made:?}");
}

fn claim(dir: &Path, subject: &str, preference: &str) -> String {
    let arguments = ["claim", "add", "--registry", "r", "--subject", subject, "--preference", preference, "--json"];
    json(&sayso(&arguments, dir))["claims"][0]["claim"].to_string()
}

fn takedown(dir: &Path, more: &[&str]) -> Output {
    sayso(&[&["takedown", "--registry", "r"], more].concat(), dir)
}

fn found(dir: &Path, dataset: &str, query: &str) -> u64 {
    json(&sayso(&["search", "--json", "--", dataset, query], dir))["total"].as_u64().unwrap()
}

/// The files of a folder that hold a text.
fn holding(dir: &Path, text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(holding(&path, text));
        } else if fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()) {
            all.push(path.display().to_string());
        }
    }
    all
}

/// Everything in a folder, to compare.
fn listed(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push((path.display().to_string(), Vec::new()));
            all.extend(listed(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

#[cfg(feature = "sql")]
#[test]
fn no_question_in_sql_is_worked_out_on_what_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "set", &[]);
    claim(dir, "domain:ana.example", "train-ai=n");
    assert!(takedown(dir, &["set"]).status.success());
    let ask = |question: &str| sayso(&["sql", "set", "--json", "--", question], dir);
    let rows = |question: &str| {
        let output = ask(question);
        assert!(output.status.success(), "{question}: {}", said(&output));
        json(&output)["rows"].clone()
    };
    // Each of these fails on the captions that are gone, and would quote one or tell that there is one.
    for condition in [
        "cast(caption as int) > 0",
        "1 / (case when caption like '%boat%' then 0 else 1 end) = 1",
        "cast(caption as int) > 0 and domain = 'bob.example'",
        "domain <> 'x' and cast(left(caption, 9) as int) > 0",
    ] {
        assert_eq!(rows(&format!("select count(*) from samples where {condition}")), json!([[2]]), "{condition}");
    }
    assert_eq!(rows("select sum(cast(caption as int)) from samples"), json!([[19]]));
    assert_eq!(rows("select max(cast(caption as int)) from (select caption from samples limit 2)"), json!([[12]]));
    let joined = "select count(*) from samples a join samples b on cast(a.caption as int) = cast(b.caption as int)";
    assert_eq!(rows(joined), json!([[2]]));
    // What only compares finds none of it either.
    for (condition, count) in [("caption = 'a boat at dawn'", 0), ("domain = 'bob.example' and width is null", 2)] {
        assert_eq!(rows(&format!("select count(*) from samples where {condition}")), json!([[count]]), "{condition}");
    }
    assert_eq!(rows("select url from samples order by url limit 1"), json!([["https://bob.example/1.jpg"]]));
    // How many rows of a file a condition leaves is not told.
    let counted = ask("explain analyze select url from samples where caption = 'a boat at dawn'");
    assert_eq!((counted.status.code(), said(&counted).contains("explain analyze")), (Some(2), true), "{counted:?}");
    assert!(ask("explain select url from samples").status.success());
}

#[test]
fn an_error_in_one_of_several_changes_none() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "one", &[]);
    claim(dir, "domain:ana.example", "train-ai=n");
    let before = listed(&dir.join("one"));
    let receipts = ["--receipt", "receipts.jsonl", "--key", "builder.key"];
    for (more, why) in [
        (&["one", "missing"][..], "missing"),
        (&["one", "--receipt", "nowhere/receipts.jsonl"], "nowhere"),
        (&["one", "--receipt", "one"], "one"),
        (&["one", "--claim", "99"], "99"),
    ] {
        let output = takedown(dir, &[&["--key", "builder.key"], more].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(said(&output).contains(why), "{output:?}");
        assert_eq!(listed(&dir.join("one")), before, "{why}");
    }
    assert_eq!(takedown(dir, &[&["one", "missing"], &receipts[..]].concat()).status.code(), Some(2));
    assert!(!dir.join("receipts.jsonl").exists() && !dir.join("receipts.jsonl.tmp").exists());
    // The same one twice is that one.
    let twice = json(&takedown(dir, &["one", "./one", "--dry-run", "--json"]));
    assert_eq!(twice["datasets"].as_array().unwrap().len(), 1);
    assert_eq!(listed(&dir.join("one")), before);
}

#[test]
fn what_was_taken_out_before_a_disk_failed_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "one", &[]);
    imported(dir, "two", &[]);
    claim(dir, "domain:ana.example", "train-ai=n");
    // The second can be read, and nothing can be written into it.
    fs::write(dir.join("two/tombstones"), "a file in the place of a folder").unwrap();
    let before = listed(&dir.join("two"));
    let more = ["one", "two", "--json", "--receipt", "receipts.jsonl", "--key", "builder.key"];
    let output = takedown(dir, &more);
    assert_eq!((output.status.code(), said(&output).contains("tombstones")), (Some(2), true), "{output:?}");
    let told = json(&output);
    let snapshots: Vec<&Value> =
        told["datasets"].as_array().unwrap().iter().map(|dataset| &dataset["snapshot"]).collect();
    assert_eq!(snapshots, [&json!(2), &json!(1)], "{told}");
    assert_eq!((found(dir, "one", "boat"), found(dir, "two", "boat")), (0, 2));
    assert_eq!(fs::read_to_string(dir.join("receipts.jsonl")).unwrap().lines().count(), 2);
    assert_eq!(listed(&dir.join("two")), before);
}

#[test]
fn an_older_claim_that_decides_by_now_takes_out() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // Whoever controls a site allows, and somebody else who says that it is theirs does not.
    let allows = claim(dir, "domain:ana.example", "train-ai=y");
    let reserves = claim(dir, "domain:ana.example", "train-ai=n");
    let of_claim = ["--registry", "r", "--method", "dns", "--json"];
    let told = json(&sayso(&[&["claim", "verify", &allows, "--challenge"], &of_claim[..]].concat(), dir));
    let token = told["token"].as_str().unwrap().to_owned();
    let resolver = TestResolver::start();
    resolver.answers(move |asked| {
        vec![Sent::Own(answer(asked, Rcode::NOERROR, |answer| txt(answer, &asked.name, &[&token])))]
    });
    let address = resolver.address.to_string();
    let asking = ["claim", "verify", &allows, "--resolver", &address, "--resolver-timeout", "30"];
    assert!(sayso(&[&asking[..], &of_claim].concat(), dir).status.success());
    imported(dir, "set", &["--registry", "r"]);
    assert_eq!(takedown(dir, &["set"]).status.code(), Some(1));
    assert!(sayso(&["claim", "revoke", &allows, "--registry", "r"], dir).status.success());
    let taken = json(&takedown(dir, &["set", "--json"]))["datasets"][0].clone();
    // One claim changed, and it is another one that decides.
    assert_eq!((&taken["claims"], taken["taken"].as_array().unwrap().len()), (&json!(1), 2), "{taken}");
    assert_eq!(taken["taken"][0]["claim"].to_string(), reserves);
    assert_eq!(found(dir, "set", "boat"), 0);
}

#[test]
fn who_only_looks_needs_no_lock_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "set", &[]);
    claim(dir, "domain:ana.example", "train-ai=n");
    let before = listed(&dir.join("set"));
    assert_eq!(sayso(&["judge", "set", "--dry-run", "--robots", "missing.warc"], dir).status.code(), Some(2));
    assert_eq!(listed(&dir.join("set")), before);
    fs::create_dir(dir.join("set/.build")).unwrap();
    let lock = fs::File::create(dir.join("set/.build/lock")).unwrap();
    lock.lock().unwrap();
    let shown = takedown(dir, &["set", "--dry-run"]);
    assert!(shown.status.success() && text(&shown).contains("2 samples would go"), "{shown:?}");
    // Indexes are written with the lock alone.
    let indexed = sayso(&["index", "set"], dir);
    assert_eq!((indexed.status.code(), said(&indexed).contains("at work there")), (Some(2), true), "{indexed:?}");
    drop(lock);
    assert!(sayso(&["index", "set"], dir).status.success());
    assert_eq!(found(dir, "set", "boat"), 2);
}

#[test]
fn reports_quote_nothing_that_was_purged() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "set", &[]);
    claim(dir, "domain:ana.example", "train-ai=n");
    assert!(takedown(dir, &["set"]).status.success());
    // As an import writes it of pictures that it could not decode; a report of a fetch that a failing disk cut off; what was left of
    // one that was killed while writing.
    let quote = "https://ana.example/1.jpg: it is no picture";
    let path = dir.join("set/report.json");
    let mut report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    report["undecoded"] = json!({ "count": 1, "examples": [quote] });
    fs::write(&path, report.to_string()).unwrap();
    let torn = format!("{{ \"format\": \"sayso-fetch\", \"examples\": {{ \"gone\": \"{quote}\"");
    fs::write(dir.join("set/fetch.json"), &torn).unwrap();
    fs::write(dir.join("set/report.tmp"), &torn).unwrap();
    let purged = sayso(&["purge", "set", "--json"], dir);
    assert!(purged.status.success(), "{purged:?}");
    assert_eq!(holding(&dir.join("set"), "ana.example/1.jpg"), Vec::<String>::new());
    // The counts stay, and whoever imports the same again finds that it was.
    let report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((&report["undecoded"], &report["rows"]), (&json!({ "count": 1, "examples": [] }), &json!(4)));
    let again = sayso(&["import", "t.csv", "-o", "set"], dir);
    assert_eq!(
        (again.status.code(), text(&again).contains("1 picture could not be decoded\n")),
        (Some(3), true),
        "{again:?}"
    );
    assert_eq!(found(dir, "set", "boat"), 0);
    // What cannot be read for another reason is told.
    fs::create_dir(dir.join("set/fetch.json")).unwrap();
    assert_eq!(sayso(&["purge", "set"], dir).status.code(), Some(2));
}

#[test]
fn lineage_counts_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "set", &[]);
    claim(dir, "domain:ana.example", "train-ai=n");
    assert!(takedown(dir, &["set"]).status.success());
    let read = sayso(&["lineage", "scan", ".", "-o", "nodes"], dir);
    assert!(read.status.success(), "{read:?}");
    let all = listed(&dir.join("nodes"));
    let all: String = all.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    assert!(all.contains("\"2 samples\"") && !all.contains("4 samples"), "{all}");
}
