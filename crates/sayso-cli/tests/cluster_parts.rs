//! A cluster makes the text index where it writes shards, in parts, which answer as the index of one machine does.
#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod clustered;
mod support;

use std::path::Path;

use serde_json::Value;

use crate::clustered::{build, local, same_dataset, write_crawl};
use crate::support::{said, sayso, text};

/// What datasets say to some questions, but for where they lie and how long it took.
fn answers(dataset: &Path) -> Vec<Value> {
    let questions = [
        "picture",
        "\"picture 3\"",
        "picture 7 -site:pictures5.example",
        "site:pictures5.example",
        "site:pictures3.example -picture",
        "verdict:disallowed",
    ];
    let ask = |question: &&str| {
        let found = sayso(&["search", "--json", "-n", "50", "set", question], dataset.parent().unwrap());
        assert!(matches!(found.status.code(), Some(0 | 1)), "{question}: {}", said(&found));
        let mut answer: Value = serde_json::from_slice(&found.stdout).unwrap();
        answer.as_object_mut().unwrap().remove("seconds");
        assert_eq!(answer["hits"].as_array().is_none_or(Vec::is_empty), found.status.code() == Some(1), "{question}");
        answer
    };
    questions.iter().map(ask).collect()
}

fn parts(dataset: &Path) -> Vec<String> {
    let index: Value = serde_json::from_slice(&std::fs::read(dataset.join("index/text/index.json")).unwrap()).unwrap();
    let name = |part: &Value| part["file"].as_str().unwrap().to_owned();
    index["parts"].as_array().map(|parts| parts.iter().map(name).collect()).unwrap_or_default()
}

#[test]
fn more_inputs_than_are_merged_at_once_and_an_index_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    // Seventy runs: those of the first sixty-four become one, and the others another. So many pairs that they are judged in two
    // ranges, and no shard ends where a range does.
    write_crawl(&dir.path().join("crawl"), 70, 80);
    let more = ["--shard-rows", "15000"];
    let (alone, together) = (dir.path().join("alone/set"), dir.path().join("together/set"));
    [&alone, &together].iter().for_each(|out| std::fs::create_dir(out.parent().unwrap()).unwrap());
    let built = build(dir.path(), "crawl", &alone, None).args(more).output().unwrap();
    assert!(alone.join("CURRENT").exists(), "{}", said(&built));
    let (_cluster, address) = local("2", &[]);
    let output = build(dir.path(), "crawl", &together, Some(&address)).args(more).output().unwrap();
    assert_eq!(output.status.code(), built.status.code(), "{}", said(&output));
    same_dataset(&alone, &together);

    let made = parts(&together);
    let shards = std::fs::read_dir(together.join("samples")).unwrap().count();
    assert!(shards > 2 && made.len() == shards, "{made:?}");
    assert!(parts(&alone).is_empty());
    let expected = answers(&alone);
    assert_eq!(answers(&together), expected);

    let merged = sayso(&["index", together.to_str().unwrap(), "--merge", "2"], dir.path());
    assert!(merged.status.success() && said(&merged).contains(&format!("{shards} parts")), "{}", said(&merged));
    assert_eq!(parts(&together).len(), 2);
    assert_eq!(answers(&together), expected);
    // Once more, and of an index that is in no parts: nothing to do.
    for dataset in [&together, &alone] {
        let merged = sayso(&["index", dataset.to_str().unwrap(), "--merge", "2"], dir.path());
        assert!(merged.status.success(), "{}", said(&merged));
    }
    assert_eq!((answers(&together), answers(&alone)), (expected.clone(), expected.clone()));

    // A part that is damaged is told, and made again.
    let part = together.join("index/text").join(parts(&together).pop().unwrap());
    std::fs::write(&part, b"nothing").unwrap();
    let found = sayso(&["search", together.to_str().unwrap(), "picture"], dir.path());
    assert!(said(&found).contains("should have") && said(&found).contains("hint: "), "{}", said(&found));
    let indexed = sayso(&["index", together.to_str().unwrap()], dir.path());
    assert!(indexed.status.success(), "{}", said(&indexed));
    assert_eq!(answers(&together), expected);
    assert!(parts(&together).is_empty() && !part.exists());
}

#[test]
fn samples_are_handed_to_quickwit_with_its_configuration() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 2, 6);
    let built = dir.path().join("my set");
    build(dir.path(), "crawl", &built, None).output().unwrap();
    let out = dir.path().join("for-quickwit");
    let export = |more: &[&str]| {
        let mut arguments = vec!["export", built.to_str().unwrap(), "--to", "quickwit", "-o", out.to_str().unwrap()];
        arguments.extend(more);
        sayso(&arguments, dir.path())
    };
    let done = export(&[]);
    assert!(done.status.success(), "{}", said(&done));
    let yaml = std::fs::read_to_string(out.join("index-config.yaml")).unwrap();
    assert!(yaml.contains("\nindex_id: my-set\n") && yaml.contains("\nversion: 0.7\n"), "{yaml}");
    let lines = std::fs::read_to_string(out.join("documents.ndjson")).unwrap();
    let documents: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let plain = sayso(&["export", built.to_str().unwrap(), "--format", "jsonl"], dir.path());
    let plain: Vec<Value> = text(&plain).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(documents.len() == plain.len() && plain.len() > 20, "{}", plain.len());
    for (document, sample) in documents.iter().zip(&plain) {
        for name in ["uid", "url", "caption", "domain", "verdict", "captured_at"] {
            assert_eq!(document[name], sample[name], "{name}");
        }
        let reasons: Value = serde_json::from_str(document["reasons"].as_str().unwrap()).unwrap();
        assert_eq!(reasons, sample["reasons"]);
        assert!(document["site"].as_array().unwrap().contains(&sample["domain"]), "{document}");
        // Everything that a document holds is told to Quickwit, as text where it is told to be text.
        for (name, value) in document.as_object().unwrap() {
            assert!(yaml.contains(&format!("    - name: {name}\n")), "{name}");
            assert!(!value.is_object(), "{name}");
        }
    }
    let some = export(&["--query", "site:pictures5.example", "--mask-personal"]);
    assert!(matches!(some.status.code(), Some(0 | 1)), "{}", said(&some));
    let fewer = std::fs::read_to_string(out.join("documents.ndjson")).unwrap().lines().count();
    assert!(fewer < documents.len());
    for wrong in [&["--format", "csv"][..], &["--columns", "url"]] {
        assert_eq!(export(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
