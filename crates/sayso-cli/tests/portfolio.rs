//! `sayso report --kind portfolio`: an artist's pictures, found, claimed, taken out, and proven to be out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod pictures;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use image::DynamicImage;
use image::imageops::FilterType;
use pictures::{drawn, jpeg, page, png, textured, write};
use serde_json::Value;
use support::{json, said, sayso, text};

const HOSTILE: &str = "&lt;script&gt;alert(1)&lt;/script&gt; | [x](javascript:y) \u{202e}write to ana@mail.example";

/// Two copies of the first picture, one of the second, a part of the third; and the portfolio.
fn dataset(dir: &Path) {
    let first = drawn(1);
    let third = DynamicImage::ImageRgb8(textured(5, 640, 480));
    let crawl = [
        page("original", "a red evening", "image/png", &png(&first)),
        page("thief", HOSTILE, "image/jpeg", &jpeg(&first.resize(200, 150, FilterType::Triangle))),
        page("mirror", "a blue evening", "image/jpeg", &jpeg(&drawn(2))),
        page("part", "a corner of it", "image/png", &png(&third.crop_imm(200, 120, 330, 260))),
        page("others", "not mine", "image/png", &png(&drawn(7))),
    ];
    write(dir, "crawl.warc", &crawl.concat());
    let built = sayso(&["build", "crawl.warc", "-o", "set"], dir);
    assert!(built.status.success(), "{built:?}");
    write(dir, "own/first.png", &png(&first));
    write(dir, "own/second.png", &png(&drawn(2)));
    write(dir, "own/third.png", &png(&third));
    write(dir, "own/other.png", &png(&drawn(9)));
    write(dir, "own/grey.png", &png(&DynamicImage::new_luma8(40, 40)));
}

fn report(dir: &Path, more: &[&str]) -> Output {
    sayso(&[&["report", "set", "--kind", "portfolio", "--pictures", "own"], more].concat(), dir)
}

fn told(dir: &Path, more: &[&str]) -> Value {
    json(&report(dir, &[more, &["--json"]].concat()))
}

fn numbers(report: &Value, names: &[&str]) -> Vec<Option<u64>> {
    names.iter().map(|name| report["numbers"][name].as_u64()).collect()
}

fn steps(report: &Value) -> Vec<&str> {
    report["next_steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect()
}

fn commands(report: &Value, step: &str) -> Vec<String> {
    let steps = report["next_steps"].as_array().unwrap();
    let step = steps.iter().find(|one| one["step"] == step).unwrap_or_else(|| panic!("{report:#}"));
    step["commands"].as_array().unwrap().iter().map(|command| command.as_str().unwrap().to_owned()).collect()
}

/// Runs a command as the report has it.
fn copied(dir: &Path, command: &str) -> Output {
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    sayso(&words, dir)
}

#[test]
fn from_found_to_claimed_to_removed_with_receipts() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    dataset(dir);

    // Nothing is known of claims, and it is not said that there are none.
    let before = told(dir, &[]);
    assert_eq!((&before["format"], &before["version"]), (&"sayso-portfolio".into(), &1.into()));
    let names = ["pictures", "found", "samples", "too_plain", "claimed", "samples_unclaimed", "removed"];
    assert_eq!(numbers(&before, &names), [Some(5), Some(3), Some(4), Some(1), None, None, None]);
    assert_eq!(steps(&before), ["claim-pictures"]);

    // Its own command claims them.
    let claim = commands(&before, "claim-pictures");
    assert_eq!(claim, ["sayso claim import --registry claims --preference train-ai=n own"]);
    assert!(copied(dir, &claim[0]).status.success());
    let registry = ["--registry", "claims"];
    let claimed = told(dir, &registry);
    let names = ["claimed", "unclaimed", "samples_claimed", "samples_unclaimed", "samples_to_go", "removed"];
    // The part is farther away than a claim on the whole reaches.
    assert_eq!(numbers(&claimed, &names), [Some(5), Some(0), Some(3), Some(1), Some(3), Some(0)], "{claimed:#}");
    assert_eq!(steps(&claimed), ["claim-addresses", "take-down"]);
    let first = &claimed["pictures"][0];
    let hows: Vec<_> = first["claims"].as_array().unwrap().iter().map(|held| held["how"].as_str().unwrap()).collect();
    assert_eq!((first["picture"].as_str(), hows), (Some("own/first.png"), vec!["digest", "copy"]));
    let copy = &first["copies"][0];
    assert_eq!((&copy["class"], &copy["distance"]), (&"same-file".into(), &0.into()));
    assert!(copy["verdict"]["why"].is_string() && !copy["verdict"]["left_out_if"].as_array().unwrap().is_empty());
    assert_eq!(commands(&claimed, "claim-addresses").len(), 1);
    assert!(commands(&claimed, "claim-addresses")[0].ends_with("--subject url:https://part.example/part.bin"));

    // Its own commands show what would go, and take it out.
    let takedown = commands(&claimed, "take-down");
    assert!(takedown[0].ends_with("--dry-run") && copied(dir, &takedown[0]).status.success());
    assert_eq!(numbers(&told(dir, &registry), &["removed"]), [Some(0)]);
    let keyed = format!("{} --key builder.key", takedown[1]);
    let taken = copied(dir, &keyed);
    assert!(taken.status.success(), "{taken:?}");
    let key = text(&sayso(&["key", "show", "--key", "builder.key"], dir)).trim().to_owned();

    let names =
        ["found", "samples", "removed", "receipts_hold", "receipts_fail", "receipts_unchecked", "receipts_missing"];
    let without = told(dir, &registry);
    assert_eq!(numbers(&without, &names), [Some(1), Some(1), Some(3), Some(0), Some(0), Some(0), Some(3)]);
    assert_eq!(steps(&without), ["claim-addresses", "get-receipts"]);
    let again = copied(dir, &format!("{} --key builder.key", commands(&without, "get-receipts")[0]));
    assert!(again.status.success(), "{again:?}");
    assert_eq!(receipts_in(dir, "set-receipts-2-late.jsonl"), receipts_in(dir, "set-receipts-2.jsonl"));
    let receipts = ["--receipts", "set-receipts-2.jsonl"];
    let unchecked = told(dir, &[&registry[..], &receipts].concat());
    assert_eq!(numbers(&unchecked, &names)[2..], [Some(3), Some(0), Some(0), Some(3), Some(0)]);
    assert!(steps(&unchecked).contains(&"get-key"));
    let all = [&registry[..], &receipts, &["--key", &key]].concat();
    let proven = told(dir, &all);
    assert_eq!(numbers(&proven, &names)[2..], [Some(3), Some(3), Some(0), Some(0), Some(0)], "{proven:#}");
    assert_eq!(commands(&proven, "keep").len(), 1);
    assert!(copied(dir, &commands(&proven, "keep")[0]).status.success());
    for removed in proven["removed"].as_array().unwrap() {
        let receipt = &removed["receipt"];
        assert_eq!((&receipt["state"], &receipt["before"], &receipt["after"]), (&"holds".into(), &1.into(), &2.into()));
        assert_eq!((&removed["snapshot"], &removed["dataset"]), (&2.into(), &"set".into()));
        assert!(proven["claims"][removed["claim"].to_string()]["removed"].as_u64().unwrap() > 0);
    }
    // The report writes nothing into the dataset, and its numbers are those of the page.
    let html = dir.join("report.html");
    assert!(report(dir, &[&all[..], &["-o", "report.html"]].concat()).status.success());
    let page = fs::read_to_string(&html).unwrap();
    assert!(page.contains("<dt>receipts hold</dt><dd><strong>3</strong>"), "{page}");
    assert_eq!(page.matches("class=\"standing holds\"").count(), 3);
    // Those that are gone are still seen as one's own pictures.
    assert_eq!(page.matches("data:image/jpeg;base64,").count(), 5);

    forged(dir, &registry, &key);
}

/// The samples that receipts speak of.
fn receipts_in(dir: &Path, file: &str) -> BTreeSet<String> {
    let receipts = fs::read_to_string(dir.join(file)).unwrap();
    let uid = |line: &str| serde_json::from_str::<Value>(line).unwrap()["uid"].as_str().unwrap().to_owned();
    receipts.lines().map(uid).collect()
}

/// A receipt that says more than its builder signed does not hold, whoever's key is given.
fn forged(dir: &Path, registry: &[&str], key: &str) {
    let receipts = fs::read_to_string(dir.join("set-receipts-2.jsonl")).unwrap();
    let lines: Vec<&str> = receipts.lines().collect();
    let uid = |line: &str| serde_json::from_str::<Value>(line).unwrap()["uid"].as_str().unwrap().to_owned();
    let (one, other) = (uid(lines[0]), uid(lines[1]));
    let forged = lines[0].replace(&one, &other);
    write(dir, "forged.jsonl", format!("{forged}\nno receipt\n").as_bytes());
    let output = report(dir, &[registry, &["--receipts", "forged.jsonl", "--key", key, "--json"]].concat());
    let told = json(&output);
    assert_eq!(output.status.code(), Some(3), "what is no receipt is bad input");
    let names = ["receipts_hold", "receipts_fail", "receipts_missing", "bad"];
    assert_eq!(numbers(&told, &names), [Some(0), Some(1), Some(2), Some(1)], "{told:#}");
    let failed = told["removed"].as_array().unwrap().iter().find(|it| it["receipt"]["state"] == "fails").unwrap();
    assert_eq!((failed["uid"].as_str(), &failed["receipt"]["fault"]), (Some(&*other), &"inclusion".into()));
    assert!(steps(&told).contains(&"complain"));
    // By somebody else's key none holds; and beside a forged one a good one counts.
    let stranger = text(&sayso(&["key", "make", "--key", "stranger.key"], dir)).trim().to_owned();
    let stranger = ["--receipts", "set-receipts-2.jsonl", "--key", &stranger, "--json"];
    let told = json(&report(dir, &[registry, &stranger].concat()));
    assert_eq!(numbers(&told, &["receipts_hold", "receipts_fail"]), [Some(0), Some(3)]);
    let both = ["--receipts", "forged.jsonl", "set-receipts-2.jsonl", "--key", key, "--json"];
    assert_eq!(numbers(&json(&report(dir, &[registry, &both].concat())), &["receipts_hold"]), [Some(3)]);
}

#[test]
fn nothing_foreign_is_markup_and_nothing_personal_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    dataset(dir);
    for (file, start) in [("r.html", "<!DOCTYPE html>"), ("r.md", "# 3 of 5"), ("r.json", "{")] {
        let made = report(dir, &["-o", file]);
        assert!(made.status.success() && said(&made).contains(file), "{made:?}");
        let made = fs::read_to_string(dir.join(file)).unwrap();
        assert!(made.starts_with(start), "{made}");
        assert!(made.contains("alert(1)") && !made.contains("ana@mail.example"), "{made}");
        assert!(file == "r.json" || !made.contains('\u{202e}'), "{made}");
    }
    let page = fs::read_to_string(dir.join("r.html")).unwrap();
    assert!(
        !page.contains("<script")
            && page.contains("default-src &#39;none&#39;")
            && !page.contains(" style=")
            && !page.contains(" onload=")
    );
    assert!(page.contains("no registry was named"));
    let markdown = fs::read_to_string(dir.join("r.md")).unwrap();
    assert!(markdown.contains(r"\<script\>") && markdown.contains(r"\|") && markdown.contains(r"\[x\]"), "{markdown}");
    assert!(fs::read_dir(dir).unwrap().all(|entry| entry.unwrap().path().extension().is_none_or(|it| it != "tmp")));
    assert!(!dir.join("set/dataset.id").exists(), "a report writes nothing into a dataset");
}

#[test]
fn the_exit_status_tells_how_it_went() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    dataset(dir);
    let of = |more: &[&str]| sayso(&[&["report", "set", "--kind", "portfolio"], more].concat(), dir).status.code();
    assert_eq!(of(&["--pictures", "own/first.png"]), Some(0));
    assert_eq!(of(&["--pictures", "own/other.png", "own/grey.png"]), Some(1));
    assert_eq!(of(&[]), Some(2), "no pictures were named");
    assert_eq!(of(&["--pictures", "gone.png"]), Some(2));
    assert_eq!(of(&["--pictures", "own", "--registry", "nowhere"]), Some(2));
    assert_eq!(of(&["--pictures", "own", "--receipts", "x"]), Some(2), "receipts want a registry");
    assert_eq!(of(&["--pictures", "own", "--title", "x"]), Some(2), "that belongs to another kind");
    assert_eq!(sayso(&["report", "set", "--pictures", "own"], dir).status.code(), Some(2));
    write(dir, "own/cut.png", &png(&drawn(1))[..3000]);
    let cut = report(dir, &["--json"]);
    assert_eq!((cut.status.code(), &json(&cut)["bad"][0]["place"]), (Some(3), &"own/cut.png".into()));
    // A hash will do, and is claimed as one.
    let hashed = text(&sayso(&["hash", "--json", "own/first.png"], dir));
    write(dir, "hashes.json", hashed.as_bytes());
    let told = json(&sayso(&["report", "set", "--kind", "portfolio", "--pictures", "hashes.json", "--json"], dir));
    let claim = commands(&told, "claim-pictures");
    assert!(
        claim.len() == 1 && claim[0].contains("--subject pdq:") && claim[0].contains("--subject sha256:"),
        "{claim:?}"
    );
    assert!(copied(dir, &claim[0]).status.success());
}
