//! The card of a dataset: its numbers are those of the dataset, and nothing foreign in it is markup.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn sayso(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sayso")).args(arguments).output().unwrap()
}

fn json_of(arguments: &[&str]) -> Value {
    serde_json::from_slice(&sayso(arguments).stdout).unwrap()
}

fn path(dir: &Path) -> &str {
    dir.to_str().unwrap()
}

/// How many samples a query finds.
fn found(dir: &Path, query: &str) -> u64 {
    json_of(&["search", path(dir), query, "--json"])["total"].as_u64().unwrap()
}

#[test]
fn a_card_says_what_was_refused_and_what_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    assert!(sayso(&["demo", "--no-serve", "-o", path(dir.path())]).status.success());
    let dataset = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let dataset = dataset.into_iter().find(|path| path.join("CURRENT").is_file()).unwrap();
    let card = json_of(&["report", path(&dataset), "--json"]);
    let built: Value = serde_json::from_slice(&fs::read(dataset.join("report.json")).unwrap()).unwrap();
    assert_eq!((&card["samples"], &card["exclusions"]), (&built["samples"], &built["exclusions"]));
    assert_eq!(card["origin"]["pairs"], built["counts"]["pairs"]);
    let refused = card["refused"].as_array().unwrap();
    assert!(refused.len() > 2, "{card:#}");
    for one in refused {
        assert_eq!(one["count"], built["exclusions_by_reason"][one["code"].as_str().unwrap()]);
    }
    // Every number of a facet is that of a search.
    let facet = |name: &str| {
        let facets = card["facets"].as_array().unwrap();
        facets.iter().find(|facet| facet["field"] == name).unwrap()["values"].as_array().unwrap().clone()
    };
    for value in facet("domain") {
        assert_eq!(value["count"], found(&dataset, &format!("site:{}", value["value"].as_str().unwrap())));
    }
    for value in facet("verdict") {
        assert_eq!(value["count"], found(&dataset, &format!("verdict:{}", value["value"].as_str().unwrap())));
    }
    let markdown = String::from_utf8(sayso(&["report", path(&dataset), "--kind", "card"]).stdout).unwrap();
    for one in refused {
        let row = format!("| {} | ", one["count"]);
        assert!(markdown.lines().any(|line| line.starts_with(&row) && line.contains(one["code"].as_str().unwrap())));
    }
    assert!(!markdown.contains("!["), "charts lie beside a file, and there is none");
}

#[test]
fn nothing_foreign_is_markup_in_a_card() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("hostile.csv");
    fs::write(
        &table,
        "url,caption,creator,note\n\
         https://a.example/1.jpg,a cat,\"<script>alert(1)</script>\",x\n\
         https://a.example/2.jpg,a dog,\"a | b ![x](https://evil.example/t.png)\",x\n\
         https://a.example/3.jpg,\"write to ana@example.org\",\"ana@example.org\",x\n\
         https://a.example/4.jpg,a bird,\"\u{202e}mirrored\",x\n",
    )
    .unwrap();
    let dataset = dir.path().join("set");
    assert!(sayso(&["import", path(&table), "-o", path(&dataset)]).status.success());
    let file = dir.path().join("My card.md");
    let about = dir.path().join("about.txt");
    fs::write(&about, "Made by *us*.\n").unwrap();
    let title = "A \"set\": of\nfour";
    let output = sayso(&[
        "report",
        path(&dataset),
        "-o",
        path(&file),
        "--title",
        title,
        "--about",
        path(&about),
        "--contact",
        "us@example.org",
        "--licence",
        "cc0-1.0",
    ]);
    assert!(output.status.success());
    let markdown = fs::read_to_string(&file).unwrap();
    assert!(
        markdown.starts_with("---\npretty_name: \"A \\\"set\\\": of\\nfour\"\nlicense: \"cc0-1.0\"\n"),
        "{markdown}"
    );
    let body = markdown.split_once("\n---\n").unwrap().1;
    assert!(
        !body.replace("\\<", "").contains('<') && !markdown.contains("![x]") && !markdown.contains('\u{202e}'),
        "{markdown}"
    );
    assert!(markdown.contains("\\<script\\>alert(1)\\</script\\>"), "{markdown}");
    assert!(markdown.contains("Made by *us*.\n"), "the builder's own words are Markdown");
    assert!(markdown.contains("Write to us\\@example.org,"));
    assert!(
        !markdown.contains("ana@") && !markdown.contains("ana\\@"),
        "an address is masked, also as a name: {markdown}"
    );
    assert!(markdown.contains("| `note` | `string` | as the imported table has it |"));
    // Each chart that is shown is there, and is XML.
    let charts: Vec<&str> =
        markdown.lines().filter_map(|line| line.strip_prefix("![")?.split_once("](")?.1.strip_suffix(')')).collect();
    assert!(charts.contains(&"My-card-charts/creator.svg"), "{charts:?}");
    for chart in charts {
        let svg = fs::read_to_string(dir.path().join(chart)).unwrap();
        assert!(svg.starts_with("<svg ") && !svg.contains("<script"), "{svg}");
        assert_eq!(svg.matches('<').count(), svg.matches('>').count(), "{svg}");
    }
    let page = dir.path().join("card.html");
    assert!(sayso(&["report", path(&dataset), "-o", path(&page), "--title", title]).status.success());
    let html = fs::read_to_string(&page).unwrap();
    assert!(!html.contains("<script") && html.contains("&#60;script&#62;alert(1)"), "{html}");
    assert!(html.contains("default-src &#39;none&#39;") && !html.contains("evil.example/t.png\""));
    // What is no dataset has no card, and nothing stays of it.
    let output = sayso(&["report", path(dir.path()), "-o", path(&dir.path().join("none.md"))]);
    assert_eq!(output.status.code(), Some(2));
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with("none")), "{names:?}");
    assert_eq!(json_of(&["report", path(&dataset), "--json"])["origin"]["inputs"][0]["first"], json!("hostile.csv"));
}
