//! Summaries and what they are counted from, as the command gives them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json as value_of};
use sha2::{Digest, Sha256};

use crate::support::{json, said, sayso};

/// The rows of an answer in SQL.
pub(crate) fn rows(question: &str, set: &str, dir: &Path) -> Vec<Vec<Value>> {
    let output = sayso(&["sql", set, "--json", "--", question], dir);
    // Status 1 says that no row answers.
    assert!([Some(0), Some(1)].contains(&output.status.code()), "{question}: {}", said(&output));
    serde_json::from_value(json(&output)["rows"].clone()).unwrap()
}

pub(crate) fn summary(arguments: &[&str], dir: &Path) -> Value {
    let output = sayso(&[&["report", "--kind", "eu-summary", "--json"], arguments].concat(), dir);
    assert!(output.status.success(), "{}", said(&output));
    json(&output)
}

/// What goes wrong with a summary, as the command says it.
pub(crate) fn complaints(summary: &Value, dir: &Path) -> Vec<(String, String)> {
    fs::write(dir.join("filed.json"), summary.to_string()).unwrap();
    let output = sayso(&["report", "--check-summary", "filed.json", "--json"], dir);
    let complaints: Vec<(String, String)> = json(&output)["complaints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["place"].as_str().unwrap().to_owned(), it["message"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!complaints.is_empty())), "{complaints:?}");
    complaints
}

/// Counts by a name.
pub(crate) fn counts(question: &str, set: &str, dir: &Path) -> BTreeMap<String, u64> {
    let rows = rows(question, set, dir);
    rows.into_iter().map(|row| (row[0].as_str().unwrap_or_default().to_owned(), row[1].as_u64().unwrap())).collect()
}

/// A table with 40 sites, of which the first has the most samples and the last the largest pictures.
pub(crate) fn imported(dir: &Path, name: &str) {
    let mut table = String::from("url,caption,width,height,language,note\n");
    for site in 0..40 {
        for sample in 0..=(40 - site) {
            let note = if site == 0 { "ana@example.org" } else { "x" };
            writeln!(table, "https://s{site:02}.example/{sample}.jpg,a picture of {sample},10,10,en,{note}").unwrap();
        }
    }
    fs::write(dir.join("t.csv"), table).unwrap();
    let output = sayso(&["import", "t.csv", "-o", name], dir);
    assert!(output.status.success(), "{}", said(&output));
}

/// A description in Croissant says of a dataset what its manifest and its shards do, and `mlcroissant` reads it.
pub(crate) fn described(set: &str, dir: &Path) {
    let file = format!("{set}/croissant.json");
    let arguments = [
        "report",
        set,
        "--kind",
        "croissant",
        "-o",
        &file,
        "--licence",
        "cc0-1.0",
        "--url",
        "https://example.org/set",
        "--citation",
        "Nobody: A set.",
        "--published",
        "2026-07-31",
    ];
    let output = sayso(&arguments, dir);
    assert!(output.status.success(), "{}", said(&output));
    let description: Value = serde_json::from_slice(&fs::read(dir.join(&file)).unwrap()).unwrap();
    let current = fs::read_to_string(dir.join(set).join("CURRENT")).unwrap();
    let manifest: Value = serde_json::from_slice(&fs::read(dir.join(set).join(current.trim())).unwrap()).unwrap();
    let files = description["distribution"].as_array().unwrap();
    let entries =
        ["samples", "exclusions", "tombstones"].map(|part| manifest[part].as_array().unwrap().clone()).concat();
    for entry in &entries {
        let file = files.iter().find(|file| file["contentUrl"] == entry["file"]).unwrap();
        let bytes = fs::read(dir.join(set).join(entry["file"].as_str().unwrap())).unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (&file["sha256"], &file["contentSize"]),
            (&value_of!(digest), &value_of!(format!("{} B", bytes.len())))
        );
    }
    assert_eq!(files.len(), entries.len() + 1);
    let shards: Vec<&Value> = manifest["samples"].as_array().unwrap().iter().map(|entry| &entry["file"]).collect();
    assert_eq!(files.last().unwrap()["includes"], value_of!(shards));
    assert_eq!(description["version"], format!("{}.0.0", manifest["snapshot"]));
    assert_eq!(description["license"], "https://creativecommons.org/publicdomain/zero/1.0/");
    let card = json(&sayso(&["report", set, "--json"], dir));
    let columns: Vec<&Value> = card["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
    let fields: Vec<&Value> =
        description["recordSet"][0]["field"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    assert_eq!(fields, columns, "every column is a field");
    for property in ["dataCollection", "personalSensitiveInformation", "dataBiases", "dataLimitations", "dataUseCases"]
    {
        assert!(!description[format!("rai:{property}")].is_null(), "{property}");
    }
    let verdicts = counts("select verdict, count(*) from samples group by verdict", set, dir);
    let usage = description["usageInfo"]["text"].as_str().unwrap();
    for (verdict, count) in verdicts {
        assert!(usage.contains(&format!("{count} {verdict}")), "{usage}");
    }
    let Ok(python) = std::env::var("SAYSO_MLCROISSANT") else {
        eprintln!("skipped: scripts/interop_croissant.sh reads it with mlcroissant");
        return;
    };
    let uids: Vec<Vec<Value>> = rows("select uid, captures, record['file'] from samples order by uid", set, dir);
    let script = include_str!("../interop/read_croissant.py");
    let output = Command::new(python).arg("-c").arg(script).arg(dir.join(&file)).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), value_of!(uids));
}
