//! Tables of any shape and drawings become datasets: their columns are counted, and what a drawing says of itself is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{json as json_of, sayso};

fn import(inputs: &[&Path], out: &Path, more: &[&str]) -> (Value, i32) {
    let mut arguments = vec!["import"];
    arguments.extend(inputs.iter().map(|input| input.to_str().unwrap()));
    arguments.extend(["-o", out.to_str().unwrap(), "--json"]);
    arguments.extend(more);
    let output = sayso(&arguments, Path::new("."));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    (report, output.status.code().unwrap())
}

fn search(dir: &Path, query: &str) -> Vec<Value> {
    let found = json_of(&sayso(&["search", dir.to_str().unwrap(), query, "--json", "-n", "100"], dir));
    found["hits"].as_array().unwrap().clone()
}

#[test]
fn drawings_say_who_made_them() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("clipart");
    fs::create_dir_all(folder.join("fish")).unwrap();
    let work = |title: &str, creator: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg'><metadata><RDF><Work><title>{title}</title>\
             <subject><Bag><li>fish</li></Bag></subject><creator><Agent><title>{creator}</title></Agent></creator>\
             <license resource='http://web.resource.org/cc/PublicDomain'/></Work></RDF></metadata></svg>"
        )
    };
    fs::write(folder.join("fish/cod.svg"), work("A cod", "Ana")).unwrap();
    fs::write(folder.join("eel.svg"), work("An eel", "Bo")).unwrap();
    // What stands beside a drawing goes first, and what says nothing is no pair.
    fs::write(folder.join("eel.txt"), "A conger").unwrap();
    fs::write(folder.join("mute.svg"), "<svg/>").unwrap();
    let (report, status) = import(&[&folder], &dir.path().join("out"), &[]);
    assert_eq!((status, &report["samples"], &report["undecoded"]["count"]), (3, &json!(2), &json!(0)));
    assert_eq!(report["aside"]["no-caption"]["count"], 1);
    let found = search(&dir.path().join("out"), "creator:ana");
    assert_eq!(
        (found.len(), &found[0]["caption"], &found[0]["licence"]),
        (1, &json!("A cod. fish"), &json!("public-domain"))
    );
    assert_eq!(search(&dir.path().join("out"), "conger")[0]["creator"], "Bo");
}

#[test]
fn any_table_opens_and_its_columns_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("boats.csv");
    let mut text = String::from("name,kind,width,note,built,mail\n");
    for row in 0..300 {
        let kind = ["sloop", "ketch", "yawl"][row % 3];
        writeln!(text, "Boat {row},{kind},{}.5 m,note of {row},{},{}@example.org", row % 4, 1900 + row % 5, row % 2)
            .unwrap();
    }
    text += ",,,,,\n";
    fs::write(&table, text).unwrap();
    // It is none of pairs, and says what would open it.
    let refused =
        sayso(&["import", table.to_str().unwrap(), "-o", dir.path().join("no").to_str().unwrap()], dir.path());
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && message.contains("--as table"), "{message}");
    let out = dir.path().join("out");
    let (report, status) = import(&[&table], &out, &["--as", "table"]);
    assert_eq!((status, &report["samples"], &report["aside"]["no-caption"]["count"]), (3, &json!(300), &json!(1)));
    // What a column means to others it does not mean here.
    assert_eq!(report["inputs"][0]["roles"], json!({}));
    assert_eq!(report["inputs"][0]["kept"], json!(["name", "kind", "original_width", "note", "built", "mail"]));
    let found = search(&out, "\"boat 7\"");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["url"], "file:boats.csv#row=8");
    assert_eq!(found[0]["caption"], "Boat 7 · yawl · 3.5 m · note of 7 · 1@example.org".replace("yawl", "ketch"));
    let card = sayso(&["report", out.to_str().unwrap(), "--json"], dir.path());
    let card: Value = serde_json::from_slice(&card.stdout).unwrap();
    let facets = card["facets"].as_array().unwrap();
    let columns: Vec<&str> =
        facets.iter().filter_map(|facet| facet["field"].as_str()?.strip_prefix("column:")).collect();
    // Nobody has a name or a note in common with another.
    assert_eq!(columns, ["kind", "original_width", "built", "mail"]);
    let of = |name: &str| facets.iter().find(|facet| facet["field"] == name).unwrap();
    assert_eq!(of("column:kind")["values"][0], json!({"value": "ketch", "count": 100}));
    assert_eq!(of("column:built")["distinct"], 5);
    assert!(!card.to_string().contains("@example.org"), "what is personal is masked in a card");
}
