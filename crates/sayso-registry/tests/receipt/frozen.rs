//! The vectors of the format's first version, which other programs verify, too.

use std::path::{Path, PathBuf};

use sayso_registry::receipt::{UidTree, verify};
use serde_json::{Value, json};

use crate::cases::cases;
use crate::scene::{Scene, walk};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn receipts_of_version_1_are_what_they_were() {
    let scene = Scene::new();
    let frozen = lines("receipt-v1-cases.jsonl");
    assert_eq!(frozen[0]["builder"], scene.builder_key.to_string());
    assert_eq!(frozen[0]["registry"], scene.registry_key.to_string());
    for case in &frozen[1..] {
        let uid = case["uid"].as_str().unwrap().parse().unwrap();
        let verified = verify(case["receipt"].as_str().unwrap().as_bytes(), &scene.trusted(), Some(uid));
        let fault = verified.err().map(|fault| fault.code());
        assert_eq!(fault, case["fault"].as_str(), "{}", case["case"]);
    }
    let receipt = std::fs::read_to_string(fixtures().join("receipt-v1.json")).unwrap();
    assert_eq!(receipt.trim_end(), frozen[1]["receipt"].as_str().unwrap());
    // The same is written today, byte for byte.
    let written: Vec<Value> = cases().into_iter().map(|case| Value::from(case.receipt)).collect();
    assert_eq!(written, frozen[1..].iter().map(|case| case["receipt"].clone()).collect::<Vec<_>>());
}

#[test]
fn trees_of_version_1_are_what_they_were() {
    for tree in lines("uid-trees-v1.jsonl") {
        let uids: Vec<_> =
            tree["uids"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(UidTree::build(walk(&uids)).unwrap().root().to_string(), tree["root"].as_str().unwrap());
    }
}

#[test]
#[ignore = "writes the fixtures of a new version; a released one is never written again"]
fn writes_the_fixtures() {
    let scene = Scene::new();
    let mut text =
        json!({ "builder": scene.builder_key.to_string(), "registry": scene.registry_key.to_string() }).to_string();
    let cases = cases();
    for case in &cases {
        text += "\n";
        text +=
            &json!({ "case": case.name, "fault": case.fault, "uid": case.uid.to_string(), "receipt": case.receipt })
                .to_string();
    }
    std::fs::write(fixtures().join("receipt-v1-cases.jsonl"), text + "\n").unwrap();
    std::fs::write(fixtures().join("receipt-v1.json"), format!("{}\n", cases[0].receipt)).unwrap();
    let mut trees = String::new();
    for count in [0, 1, 2, 3, 7, 19, 20] {
        let uids = &scene.before[..count];
        let root = UidTree::build(walk(uids)).unwrap().root().to_string();
        let uids: Vec<String> = uids.iter().map(ToString::to_string).collect();
        trees += &json!({ "uids": uids, "root": root }).to_string();
        trees += "\n";
    }
    std::fs::write(fixtures().join("uid-trees-v1.jsonl"), trees).unwrap();
}
