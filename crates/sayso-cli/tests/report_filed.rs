//! Reports that are filed: every number of a summary is counted once more in SQL, what contradicts itself is found, and a
//! description in Croissant is what the manifest says.
#![cfg(feature = "sql")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod filed;
mod support;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use filed::{complaints, counts, described, imported, rows, summary};
use serde_json::{Value, json};
use support::{json, said, sayso, text};

/// Counts every number of the summary of one crawled dataset once more, in SQL.
fn recount(set: &str, dir: &Path) {
    let summary = summary(&[set], dir);
    let of = |place: &str| summary.pointer(place).unwrap_or_else(|| panic!("no {place} in {summary:#}"));
    let whole = "select count(*), count(distinct url), coalesce(sum(octet_length(caption)), 0), \
                 coalesce(sum(character_length(caption)), 0), cast(coalesce(sum(picture_bytes), 0) as bigint), count(picture_bytes) from samples";
    let whole = &rows(whole, set, dir)[0];
    let fields = ["samples", "pictures", "caption_bytes", "caption_characters", "picture_bytes", "samples_with_bytes"];
    for (field, counted) in fields.iter().zip(whole) {
        assert_eq!(of(&format!("/datasets/0/{field}")), counted, "{set}: {field}");
    }
    let modality = |name: &str| {
        let all = of("/general/modalities").as_array().unwrap();
        all.iter().find(|one| one["modality"] == name).cloned().unwrap_or_default()
    };
    if whole[0] != 0 {
        assert_eq!((&modality("image")["number"], &modality("text")["at_most"]), (&whole[1], &whole[2]));
        assert_eq!(modality("image")["range"], "Less than 1 million images");
        assert_eq!(modality("text")["range"], "Less than 1 billion tokens");
    }
    // Months.
    let months = "select substr(cast(min(captured_at) as varchar), 1, 7), substr(cast(max(captured_at) as varchar), 1, 7) from samples";
    let months = &rows(months, set, dir)[0];
    assert_eq!((of("/sources/crawled/from"), of("/sources/crawled/to")), (&months[0], &months[1]), "{set}");
    assert_eq!((of("/datasets/0/from"), of("/datasets/0/to")), (&months[0], &months[1]));
    assert_eq!(of("/general/latest_acquisition"), &months[1]);
    // Languages.
    let mut languages = counts("select language, count(*) from samples group by language", set, dir);
    let unknown = languages.remove("").unwrap_or_default();
    assert_eq!(of("/general/languages/unknown"), unknown, "{set}");
    assert_eq!(of("/general/languages/known"), languages.values().sum::<u64>());
    let listed: BTreeMap<String, u64> = of("/general/languages/list")
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["language"].as_str().unwrap().to_owned(), one["samples"].as_u64().unwrap()))
        .collect();
    assert_eq!(listed, languages);
    // Domains.
    let by_domain = "select domain, count(*), cast(coalesce(sum(picture_bytes), 0) as bigint), count(picture_bytes) from samples group by domain";
    let mut by_domain: Vec<(String, u64, u64, u64)> = rows(by_domain, set, dir)
        .into_iter()
        .map(|row| {
            let number = |at: usize| row[at].as_u64().unwrap();
            (row[0].as_str().unwrap().to_owned(), number(1), number(2), number(3))
        })
        .collect();
    let to_name = by_domain.len().div_ceil(10);
    let domains = |name: &str| of(&format!("/sources/crawled/domains/{name}"));
    assert_eq!((domains("total"), domains("to_name")), (&json!(by_domain.len()), &json!(to_name)), "{set}");
    assert_eq!(
        (domains("samples"), domains("bytes"), domains("samples_with_bytes")),
        (&whole[0], &whole[4], &whole[5])
    );
    assert_eq!(domains("total_with_bytes"), by_domain.iter().filter(|it| it.3 > 0).count());
    let list = |all: &[(String, u64, u64, u64)]| {
        let row = |it: &(String, u64, u64, u64)| json!({"domain": it.0, "samples": it.1, "bytes": it.2, "samples_with_bytes": it.3});
        Value::Array(all.iter().take(to_name).map(row).collect())
    };
    by_domain.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    assert_eq!(domains("by_samples"), &list(&by_domain), "{set}");
    by_domain.retain(|it| it.3 > 0);
    by_domain.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    assert_eq!(domains("by_bytes"), &list(&by_domain), "{set}");
    // Reservations.
    let refused = counts("select reason, count(*) from exclusions group by reason", set, dir);
    let kept = counts("select reason, count(*) from samples where verdict = 'disallowed' group by reason", set, dir);
    let (mut said_refused, mut said_kept) = (BTreeMap::new(), BTreeMap::new());
    for protocol in of("/processing/reservations/protocols").as_array().unwrap() {
        let (mut all, mut all_kept) = (0, 0);
        for code in protocol["codes"].as_array().unwrap() {
            let name = code["code"].as_str().unwrap().to_owned();
            let (refused, kept) = (code["refused"].as_u64().unwrap(), code["kept"].as_u64().unwrap());
            (all, all_kept) = (all + refused, all_kept + kept);
            if refused > 0 {
                said_refused.insert(name.clone(), refused);
            }
            if kept > 0 {
                said_kept.insert(name, kept);
            }
        }
        let in_doubt = protocol["refused_in_doubt"].as_u64().unwrap();
        assert_eq!(protocol["honoured"].as_u64().unwrap() + in_doubt, all);
        assert_eq!(protocol["kept"], all_kept);
    }
    for code in of("/processing/reservations/refused_otherwise").as_array().unwrap() {
        said_refused.insert(code["code"].as_str().unwrap().to_owned(), code["refused"].as_u64().unwrap());
    }
    assert_eq!((said_refused, said_kept), (refused.clone(), kept), "{set}");
    assert_eq!(of("/datasets/0/refused"), refused.values().sum::<u64>());
    // What is official in the Union, which code is of which protocol and whether it says something, is read off other places than
    // the program's.
    let list = of("/general/languages/list").as_array().unwrap();
    for one in list {
        assert_eq!(one["is_of_union"], OF_UNION.contains(&one["language"].as_str().unwrap()), "{set}: {one}");
    }
    assert!(list.is_sorted_by_key(|one| Reverse(one["samples"].as_u64())), "{set}");
    let of_union = languages.keys().filter(|code| OF_UNION.contains(&code.as_str())).count();
    assert_eq!(of("/general/languages/union_languages"), of_union, "{set}");
    if whole[0] != 0 {
        let size = format!("{} bytes, {} characters of captions in UTF-8", whole[2], whole[3]);
        assert_eq!(modality("text")["size"], size, "{set}");
    }
    for protocol in of("/processing/reservations/protocols").as_array().unwrap() {
        let begins = OF_PROTOCOL.iter().find(|(name, _)| protocol["protocol"] == *name).unwrap().1;
        let its: Vec<String> = begins.iter().map(|begin| format!("reason like '{begin}%'")).collect();
        let its = its.join(" or ");
        let doubts = counts(&format!("select reason, count(*) from exclusions where {its} group by reason"), set, dir);
        let (said, doubted): (Vec<_>, Vec<_>) = doubts.iter().partition(|(code, _)| role_of(code) == "says");
        let sum = |all: Vec<(&String, &u64)>| all.into_iter().map(|(_, count)| *count).sum::<u64>();
        assert_eq!(
            (&protocol["honoured"], &protocol["refused_in_doubt"]),
            (&json!(sum(said)), &json!(sum(doubted))),
            "{set}"
        );
        let its = format!("select count(*) from samples where verdict = 'disallowed' and ({its})");
        assert_eq!(protocol["kept"], rows(&its, set, dir)[0][0], "{set}: {protocol}");
    }
    // Numbers in sentences: what is merged is neither in the dataset nor refused.
    let built: Value = serde_json::from_slice(&fs::read(dir.join(set).join("report.json")).unwrap()).unwrap();
    let tables = text(&sayso(&["sql", set], dir));
    let removed = match tables.contains("tombstones,") {
        true => rows("select count(*) from tombstones", set, dir)[0][0].as_u64().unwrap(),
        false => 0,
    };
    let refused: u64 = refused.values().sum();
    let merged = built["counts"]["pairs"].as_u64().unwrap() - whole[0].as_u64().unwrap() - removed - refused;
    let sentences = |place: &str| -> Vec<String> {
        let all = of(place).as_array().unwrap();
        all.iter().map(|one| one.as_str().unwrap().split_once(": ").unwrap().1.to_owned()).collect()
    };
    let mut facts = vec![
        (merged, format!("{merged} pairs that were the same as an earlier one were merged.")),
        (removed, format!("{removed} samples were removed, or kept out since they were removed elsewhere.")),
    ];
    facts.retain(|(count, _)| *count > 0);
    let facts: Vec<String> = facts.into_iter().map(|(_, fact)| fact).collect();
    assert_eq!(sentences("/processing/other"), facts, "{set}");
    assert!(sentences("/processing/reservations/measures")[0].ends_with(&format!("; {refused} pairs were refused.")));
    let current = fs::read_to_string(dir.join(set).join("CURRENT")).unwrap();
    assert_eq!(current.trim(), format!("manifest-{:06}.json", of("/datasets/0/snapshot").as_u64().unwrap()));
    for place in numbers_of(&summary) {
        assert!(RECOUNTED.contains(&place.as_str()), "{set}: nobody counts {place} once more");
    }
    valid(&summary);
    // Nothing contradicts itself; what is missing only the provider knows.
    for (place, message) in complaints(&summary, dir) {
        assert!(message.starts_with("the template asks for"), "{set}: {place}: {message}");
    }
}

/// The official languages, of Regulation 1/58 as it stands.
const OF_UNION: [&str; 24] = [
    "bg", "es", "cs", "da", "de", "et", "el", "en", "fr", "ga", "hr", "it", "lv", "lt", "hu", "mt", "nl", "pl", "pt",
    "ro", "sk", "sl", "fi", "sv",
];

/// What the codes of each protocol begin with.
const OF_PROTOCOL: [(&str, &[&str]); 10] = [
    ("robots-txt", &["robots-", "ai-agent-"]),
    ("robots-directives", &["noai", "noimageai", "noindex", "noimageindex", "agent-directive", "unavailable-after"]),
    ("tdmrep", &["tdm-"]),
    ("content-usage", &["content-usage-"]),
    ("content-signal", &["content-signal-"]),
    ("ai-txt", &["ai-txt-"]),
    ("rsl", &["rsl-"]),
    ("c2pa", &["cawg-"]),
    ("iptc", &["iptc-"]),
    ("registry", &["claim-"]),
];

/// Every number of a summary of a crawl, each of which is counted once more by [`recount`] or [`recount_public`]. The version is the
/// format's.
const RECOUNTED: [&str; 35] = [
    "/version",
    "/general/modalities/*/number",
    "/general/modalities/*/at_most",
    "/general/languages/known",
    "/general/languages/unknown",
    "/general/languages/union_languages",
    "/general/languages/list/*/samples",
    "/sources/public/large/*/samples",
    "/sources/public/large/*/share",
    "/sources/crawled/domains/total",
    "/sources/crawled/domains/to_name",
    "/sources/crawled/domains/samples",
    "/sources/crawled/domains/samples_with_bytes",
    "/sources/crawled/domains/bytes",
    "/sources/crawled/domains/total_with_bytes",
    "/sources/crawled/domains/by_bytes/*/samples",
    "/sources/crawled/domains/by_bytes/*/bytes",
    "/sources/crawled/domains/by_bytes/*/samples_with_bytes",
    "/sources/crawled/domains/by_samples/*/samples",
    "/sources/crawled/domains/by_samples/*/bytes",
    "/sources/crawled/domains/by_samples/*/samples_with_bytes",
    "/processing/reservations/protocols/*/honoured",
    "/processing/reservations/protocols/*/refused_in_doubt",
    "/processing/reservations/protocols/*/kept",
    "/processing/reservations/protocols/*/codes/*/refused",
    "/processing/reservations/protocols/*/codes/*/kept",
    "/processing/reservations/refused_otherwise/*/refused",
    "/datasets/*/snapshot",
    "/datasets/*/samples",
    "/datasets/*/pictures",
    "/datasets/*/caption_bytes",
    "/datasets/*/caption_characters",
    "/datasets/*/picture_bytes",
    "/datasets/*/samples_with_bytes",
    "/datasets/*/refused",
];

/// The places of all numbers, with `*` for the place in a list.
fn numbers_of(value: &Value) -> BTreeSet<String> {
    let below = |name: &str, value: &Value| -> Vec<String> {
        numbers_of(value).into_iter().map(|place| format!("/{name}{place}")).collect()
    };
    match value {
        Value::Number(_) => BTreeSet::from([String::new()]),
        Value::Array(all) => all.iter().flat_map(|one| below("*", one)).collect(),
        Value::Object(all) => all.iter().flat_map(|(name, one)| below(name, one)).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether a code says something, by the reference.
fn role_of(code: &str) -> &'static str {
    let rows = include_str!("../../../docs/reference/reasons.md").lines();
    let row = rows.filter_map(|line| line.strip_prefix(&format!("| `{code}` | "))).next();
    row.unwrap_or_else(|| panic!("the reference has no `{code}`")).split(" | ").next().unwrap()
}

/// Counts once more what a summary says of public datasets, which are not crawled by whoever sums up, and of several datasets.
fn recount_public(dir: &Path) {
    let form =
        "[[dataset]]\nfolder = \"all\"\nsource = \"public\"\nname = \"All\"\nlink = \"https://example.org/all\"\n";
    fs::write(dir.join("public.toml"), form).unwrap();
    let sets = ["common", "all", "demo/dataset"];
    let summary = summary(&[&sets[..], &["--form", "public.toml"]].concat(), dir);
    let sum = |question: &str| -> u64 { sets.iter().map(|set| rows(question, set, dir)[0][0].as_u64().unwrap()).sum() };
    let samples = |set: &str| rows("select count(*) from samples", set, dir)[0][0].as_u64().unwrap();
    let large: BTreeMap<&str, (u64, f64)> = summary["sources"]["public"]["large"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), (it["samples"].as_u64().unwrap(), it["share"].as_f64().unwrap())))
        .collect();
    let both = samples("common") + samples("all");
    for (name, set) in [("Common Crawl", "common"), ("All", "all")] {
        let (counted, share) = large[name];
        assert_eq!(counted, samples(set), "{name}");
        assert!((share - samples(set) as f64 / both as f64).abs() < 1e-4, "{name}: {share}");
    }
    assert_eq!(large.len(), 2);
    assert_eq!(summary["sources"]["crawled"]["domains"]["samples"], samples("demo/dataset"), "only this was crawled");
    let sizes = &summary["general"]["modalities"];
    assert_eq!(sizes[0]["at_most"], sum("select sum(octet_length(caption)) from samples"));
    assert_eq!(sizes[1]["number"], sum("select count(distinct url) from samples"));
    let languages = &summary["general"]["languages"];
    assert_eq!(languages["known"], sum("select count(*) from samples where language is not null"));
    assert_eq!(languages["unknown"], sum("select count(*) from samples where language is null"));
    let protocols = summary["processing"]["reservations"]["protocols"].as_array().unwrap();
    let all = |field: &str| protocols.iter().map(|it| it[field].as_u64().unwrap()).sum::<u64>();
    assert_eq!(all("honoured") + all("refused_in_doubt"), sum("select count(*) from exclusions"));
    assert_eq!(all("kept"), sum("select count(*) from samples where verdict = 'disallowed'"));
    for place in numbers_of(&summary) {
        assert!(RECOUNTED.contains(&place.as_str()), "nobody counts {place} once more");
    }
}

/// Has a validator of somebody else's look at a summary.
fn valid(summary: &Value) {
    let Ok(python) = std::env::var("SAYSO_MLCROISSANT") else { return };
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/specs/eu-summary.schema.json");
    let mut child = Command::new(python)
        .args(["-c", include_str!("interop/validate_summary.py"), schema])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), summary).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn every_number_of_a_summary_is_what_sql_counts() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(sayso(&["demo", "--no-serve", "-o", "demo"], dir).status.success());
    recount("demo/dataset", dir);
    // Under a policy that refuses nothing, what is reserved is kept, and the summary says so.
    for (policy, name) in [("record", "all"), ("strict", "few")] {
        let build = ["build", "demo/web.warc.gz", "-o", name, "--policy", policy];
        assert!(sayso(&build, dir).status.success());
        recount(name, dir);
    }
    let kept = summary(&["all"], dir)["processing"]["reservations"]["protocols"].clone();
    assert!(kept.as_array().unwrap().iter().any(|protocol| protocol["kept"].as_u64() > Some(0)), "{kept:#}");
    // What is of Common Crawl's files was published by somebody else.
    let crawl = "CC-MAIN-20260301000000-20260301010000-00000.warc.gz";
    fs::copy(dir.join("demo/web.warc.gz"), dir.join(crawl)).unwrap();
    assert!(sayso(&["build", crawl, "-o", "common"], dir).status.success());
    recount_public(dir);
    described("demo/dataset", dir);
    // What is taken out counts no more, before it is gone from disk and after.
    let before = summary(&["demo/dataset"], dir)["datasets"][0]["samples"].as_u64().unwrap();
    let claim =
        ["claim", "add", "--registry", "r", "--subject", "domain:thornwick.example", "--preference", "train-ai=n"];
    assert!(sayso(&claim, dir).status.success());
    let theirs = rows("select count(*) from samples where domain = 'thornwick.example'", "demo/dataset", dir);
    let theirs = theirs[0][0].as_u64().filter(|theirs| *theirs > 0).unwrap();
    let taken = sayso(&["takedown", "demo/dataset", "--registry", "r"], dir);
    assert!(taken.status.success(), "{}", said(&taken));
    recount("demo/dataset", dir);
    let after = summary(&["demo/dataset"], dir);
    assert_eq!(after["datasets"][0]["samples"], before - theirs);
    let said_of_it = after["processing"]["other"].to_string();
    assert!(said_of_it.contains(&format!("dataset: {theirs} samples were removed")), "{said_of_it}");
    let description = json(&sayso(&["report", "demo/dataset", "--kind", "croissant"], dir));
    let words = description["description"].as_str().unwrap();
    assert!(words.contains(&format!("{theirs} are no part of the dataset any more")), "{words}");
    assert!(sayso(&["purge", "demo/dataset"], dir).status.success());
    recount("demo/dataset", dir);
    described("demo/dataset", dir);

    // The program runs in another folder, so that the path has to be whole.
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), Into::into);
    let crawl = shared.join("anchors/crawl/webrecorder-py-wacz");
    if !crawl.is_dir() {
        eprintln!("skipped: there is no real crawl at {}", crawl.display());
        return;
    }
    let output = sayso(&["build", crawl.to_str().unwrap(), "-o", "real", "--policy", "record"], dir);
    assert!([Some(0), Some(3)].contains(&output.status.code()), "{}", said(&output));
    assert!(rows("select count(*) from samples", "real", dir)[0][0].as_u64() > Some(0), "nothing is counted");
    recount("real", dir);
}

const FORM: &str = r#"
version = "1.0"
last-update = "2026-07-31"
[provider]
name = "Example <script>alert(1)</script>"
contact = "summary@example.org"
[model]
names = ["Example 1.0"]
placed-on-market = "2026-08-02"
continuously-trained = false
latest-acquisition = "2026-06"
[text]
number = 2000
types = "captions | of pictures"
[image]
types = "photography"
[characteristics]
languages = "English"
[[dataset]]
folder = "set"
source = "crawled"
description = "Forty sites"
[public]
used = false
[licensed]
used = false
[private]
used = false
[crawled]
purposes = "training data"
behaviour = "obeys robots.txt"
[user-data]
from-model = false
from-services = false
[synthetic]
used = false
[other]
used = false
[reservations]
code-of-practice = true
[illegal-content]
measures = "none needed"
"#;

#[test]
fn a_summary_with_its_form_is_complete() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "set");
    // What an imported table is nobody can know: nothing is said for the provider.
    let bare = summary(&["set"], dir);
    assert_eq!((&bare["datasets"][0]["source"], &bare["sources"]["crawled"]["used"]), (&Value::Null, &Value::Null));
    assert!(complaints(&bare, dir).iter().any(|(place, _)| place == "/datasets/0/source"));

    // Months are unknown to a table, so the form's crawl lacks them.
    fs::write(dir.join("form.toml"), FORM).unwrap();
    let whole = summary(&["set", "--form", "form.toml"], dir);
    let open: Vec<String> = complaints(&whole, dir).into_iter().map(|(place, _)| place).collect();
    assert_eq!(open, ["/sources/crawled/from", "/sources/crawled/to"]);
    let mut whole = whole;
    whole["sources"]["crawled"]["from"] = json!("2026-01");
    whole["sources"]["crawled"]["to"] = json!("2026-02");
    assert_eq!(complaints(&whole, dir), []);
    let output = sayso(&["report", "--check-summary", "filed.json"], dir);
    assert_eq!(text(&output), "it is complete, and does not contradict itself\n");

    let domains = &whole["sources"]["crawled"]["domains"];
    assert_eq!((&domains["total"], &domains["to_name"]), (&json!(40), &json!(4)));
    assert_eq!(
        domains["by_samples"][0],
        json!({"domain": "s00.example", "samples": 41, "bytes": 0, "samples_with_bytes": 0})
    );
    assert_eq!(domains["by_bytes"], json!([]), "no size is known");
    let small = summary(&["set", "--form", "form.toml", "--small-provider"], dir);
    let domains = &small["sources"]["crawled"]["domains"];
    assert_eq!((&domains["to_name"], domains["by_samples"].as_array().unwrap().len()), (&json!(2), 2));

    // What is changed so that it contradicts itself is found, at its place.
    for (change, to, place, says) in [
        (
            "/general/modalities/1/range",
            json!("More than 1 billion images"),
            "/general/modalities/1/range",
            "860 images do not lie",
        ),
        (
            "/general/modalities/1/range",
            json!("Less than 10 000 hours"),
            "/general/modalities/1/range",
            "no range of `image`",
        ),
        ("/general/modalities/1/number", json!(859), "/general/modalities/1/number", "alone have 860"),
        ("/general/modalities/1/modality", json!("text"), "/general/modalities/1/modality", "twice"),
        ("/sources/crawled/domains/to_name", json!(3), "/sources/crawled/domains/to_name", "of 40 domains 4"),
        (
            "/sources/crawled/domains/by_samples",
            json!([]),
            "/sources/crawled/domains/by_samples",
            "names 0 domains, and 4",
        ),
        (
            "/sources/crawled/domains/is_small_provider",
            json!(true),
            "/sources/crawled/domains/to_name",
            "2 are to be named",
        ),
        (
            "/sources/crawled/domains/by_samples/1/domain",
            json!("s00.example"),
            "/sources/crawled/domains/by_samples/1/domain",
            "twice",
        ),
        (
            "/sources/crawled/domains/by_samples/3/samples",
            json!(60),
            "/sources/crawled/domains/by_samples/3/samples",
            "domain before",
        ),
        ("/sources/crawled/domains/samples", json!(100), "/sources/crawled/domains/samples", "alone have 158"),
        ("/sources/crawled/domains/samples", json!(861), "/sources/crawled/domains/samples", "datasets have 860"),
        ("/sources/crawled/from", json!("2026-03"), "/sources/crawled/from", "later than `2026-02`"),
        ("/sources/crawled/to", json!("2026-07"), "/sources/crawled/to", "at /general/latest_acquisition"),
        ("/general/latest_acquisition", json!("2026-09"), "/general/latest_acquisition", "at /last_update"),
        ("/general/model/placed_on_market", json!("2026-05-01"), "/general/latest_acquisition", "placed_on_market"),
        ("/last_update", json!("2026-02-30"), "/last_update", "no day"),
        ("/general/languages/unknown", json!(7), "/general/languages/known", "not the 860 samples"),
        ("/general/languages/list/0/is_of_union", json!(false), "/general/languages/list/0/is_of_union", "24 official"),
        ("/general/languages/union_languages", json!(2), "/general/languages/union_languages", "has 1"),
        (
            "/processing/reservations/protocols/0/honoured",
            json!(5),
            "/processing/reservations/protocols/0/honoured",
            "come to 0",
        ),
        (
            "/processing/reservations/protocols/0/kept",
            json!(5),
            "/processing/reservations/protocols/0/kept",
            "come to 0",
        ),
        ("/datasets/0/refused", json!(9), "/processing/reservations/protocols", "9 pairs"),
        ("/datasets/0/pictures", json!(861), "/datasets/0/pictures", "more of them than samples"),
        ("/sources/crawled/used", json!(false), "/sources/crawled/domains", "said not to be used"),
        ("/sources/crawled/modalities", json!(["audio"]), "/sources/crawled/modalities/0", "section 1.3"),
        ("/sources/public/used", Value::Null, "/sources/public/used", "yes or a no"),
        ("/sources/synthetic/used", json!(true), "/sources/synthetic/models", "asks for the models"),
        ("/general/provider/name", json!("  "), "/general/provider/name", "the provider's name"),
        ("/general/provider/name", json!(3), "/general/provider/name", "it is number, and not string or null"),
        (
            "/sources/public/large",
            json!([{"name": "x", "link": "y", "description": null, "samples": 1, "share": 0.01, "from": null, "to": null}]),
            "/sources/public/large/0/share",
            "more than 3 %",
        ),
        ("/version", json!(2), "/version", "it is not 1"),
        ("/general", json!({}), "/general", "it has no `provider`"),
    ] {
        let mut wrong = whole.clone();
        *wrong.pointer_mut(change).unwrap() = to.clone();
        let found = complaints(&wrong, dir);
        let is_found = found.iter().any(|(at, message)| at == place && message.contains(says));
        assert!(is_found, "{change} = {to}: {found:#?}");
    }
    let mut more = whole.clone();
    more["general"]["colour"] = json!("red");
    assert_eq!(complaints(&more, dir)[0], ("/general".to_owned(), "nothing is known by the name `colour`".to_owned()));
    for hostile in ["", "[1, 2", "\u{0}", &"[".repeat(100_000)] {
        fs::write(dir.join("filed.json"), hostile).unwrap();
        let output = sayso(&["report", "--check-summary", "filed.json"], dir);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
    for other in ["null", "[]", "3", "{}"] {
        fs::write(dir.join("filed.json"), other).unwrap();
        assert_eq!(sayso(&["report", "--check-summary", "filed.json"], dir).status.code(), Some(1), "{other}");
    }
    assert_eq!(sayso(&["report", "--check-summary", "none.json"], dir).status.code(), Some(2));
}

#[test]
fn forms_are_read_strictly_and_pages_show_what_they_say() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir, "set");
    let template = sayso(&["report", "--form-template"], dir);
    assert!(template.status.success());
    fs::write(dir.join("empty.toml"), &template.stdout).unwrap();
    assert_eq!(summary(&["set", "--form", "empty.toml"], dir), summary(&["set"], dir));
    for (form, says) in [
        ("[provider]\nname = \"x\"\nfax = \"y\"\n", "line 3"),
        ("[[dataset]]\nfolder = \"other\"\n", "none of the datasets"),
        ("last-update = \"yesterday\"\n", "no day"),
    ] {
        fs::write(dir.join("wrong.toml"), form).unwrap();
        let output = sayso(&["report", "set", "--kind", "eu-summary", "--form", "wrong.toml"], dir);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(says) && said(&output).contains("hint:"), "{}", said(&output));
    }
    let output = sayso(&["report", "set", "--form", "empty.toml"], dir);
    assert_eq!(output.status.code(), Some(2), "a card has no form");
    assert_eq!(sayso(&["report"], dir).status.code(), Some(2));

    fs::write(dir.join("form.toml"), FORM).unwrap();
    for (file, escaped) in [("s.html", "&#60;script&#62;alert(1)"), ("s.md", "\\<script\\>alert(1)")] {
        let output = sayso(&["report", "set", "--kind", "eu-summary", "--form", "form.toml", "-o", file], dir);
        assert!(output.status.success(), "{}", said(&output));
        let page = fs::read_to_string(dir.join(file)).unwrap();
        assert!(page.contains(escaped) && !page.replace("\\<", "").contains("<script"), "{page}");
        for part in [
            "Example 1.0",
            "31/07/2026",
            "06/2026",
            "s00.example",
            "Less than 1 million images",
            "robots",
            "2.2.1.",
            "Forty sites",
        ] {
            assert!(page.contains(part) || page.contains(&part.replace('.', "\\.")), "{file} has no {part}: {page}");
        }
        assert!(!page.contains("ana@"), "columns are nobody's business here");
    }
    let page = fs::read_to_string(dir.join("s.html")).unwrap();
    assert!(page.contains("default-src &#39;none&#39;") && !page.contains("http-equiv=\"refresh\""));
    assert!(page.contains("<strong>1</strong>"), "the months of the crawl are missing, and marked");
    described("set", dir);
    // Two datasets in one summary, of which one is public.
    let both = FORM.replace("[public]\nused = false", "[public]\nothers = \"none\"");
    let both = both
        + "[[dataset]]\nfolder = \"more\"\nsource = \"public\"\nname = \"More\"\nlink = \"https://example.org/more\"\n";
    fs::write(dir.join("both.toml"), both).unwrap();
    fs::write(dir.join("u.csv"), "url,caption\nhttps://s00.example/0.jpg,another\nhttps://z.example/1.jpg,a z\n")
        .unwrap();
    assert!(sayso(&["import", "u.csv", "-o", "more"], dir).status.success());
    let both = summary(&["set", "more", "--form", "both.toml"], dir);
    let large = &both["sources"]["public"]["large"];
    assert_eq!((&large[0]["name"], &large[0]["samples"], &large[0]["share"]), (&json!("More"), &json!(2), &json!(1.0)));
    assert_eq!(both["sources"]["crawled"]["domains"]["total"], 40, "what is public was not crawled");
    assert_eq!(both["general"]["modalities"][1]["number"], 862);
}

#[test]
fn long_lists_of_domains_stand_beside_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut table = String::from("url,caption\n");
    for site in 0..10_050 {
        writeln!(table, "https://s{site:05}.example/1.jpg,a picture").unwrap();
    }
    fs::write(dir.join("t.csv"), table).unwrap();
    assert!(sayso(&["import", "t.csv", "-o", "set"], dir).status.success());
    fs::write(dir.join("form.toml"), "[[dataset]]\nfolder = \"set\"\nsource = \"crawled\"\n").unwrap();
    let made = |more: &[&str]| {
        let arguments =
            [&["report", "set", "--kind", "eu-summary", "--form", "form.toml", "-o", "s.html"], more].concat();
        let output = sayso(&arguments, dir);
        assert!(output.status.success(), "{}", said(&output));
        fs::read_to_string(dir.join("s.html")).unwrap()
    };
    let page = made(&["--small-provider"]);
    assert!(!page.contains("s-domains.csv") && !dir.join("s-domains.csv").exists());
    let page = made(&[]);
    assert!(page.contains("5 more stand in s-domains.csv."), "{page}");
    let list = fs::read_to_string(dir.join("s-domains.csv")).unwrap();
    assert_eq!(list.lines().count(), 1 + 1005);
    assert_eq!(list.lines().nth(1005), Some("by-samples,1005,s01004.example,1,0,0"));
    // A description in Croissant of a table.
    let output = sayso(&["report", "set", "--kind", "croissant"], dir);
    let described = json(&output);
    assert_eq!(described["prov:wasDerivedFrom"][0]["name"], "t.csv");
    assert_eq!(sayso(&["report", "set", "--kind", "croissant", "--format", "html"], dir).status.code(), Some(2));
}
