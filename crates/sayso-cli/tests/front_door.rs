//! The command as a person meets it: exit statuses, messages, JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use support::{said, sayso, text};

#[test]
fn the_demo_answers_and_its_dataset_can_be_searched() {
    let dir = tempfile::tempdir().unwrap();
    let demo = sayso(&["demo", "--no-serve", "-o", "demo"], dir.path());
    let out = text(&demo);
    assert!(demo.status.success(), "{out}{}", said(&demo));
    assert!(out.contains("thornwick.example") && out.contains("sayso search"), "{out}");
    for line in out.lines().filter(|line| line.trim_start().starts_with("sayso search")) {
        assert!(!line.ends_with(": 0"), "a question of the demo finds nothing: {line}");
    }
    let found = sayso(&["search", "demo/dataset", "site:thornwick.example", "--json"], dir.path());
    assert!(found.status.success());
    let json: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    let uid = json["hits"][0]["uid"].as_str().unwrap();
    assert!(json["total"].as_u64().unwrap() > 0);
    let shown = sayso(&["show", "demo/dataset", uid], dir.path());
    let says = text(&shown);
    assert!(says.contains("verdict") && says.contains("left out if   one of these uses: "), "{says}");
    let nothing = sayso(&["search", "demo/dataset", "nobodyeverwrotethis"], dir.path());
    assert_eq!((nothing.status.code(), text(&nothing).as_str()), (Some(1), "nothing found\n"));
    let negated = sayso(&["search", "demo/dataset", "--", "-verdict:allowed"], dir.path());
    assert_eq!(negated.status.code(), Some(0), "{}", said(&negated));
}

#[test]
fn errors_are_one_sentence_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("note.txt.pdf"), "no crawl").unwrap();
    for (arguments, says) in [
        (&["search", "nowhere", "cat"][..], "error: `nowhere` is not a dataset\nhint: "),
        (
            &["build", "missing.warc.gz", "-o", "out"],
            "error: cannot use the input `missing.warc.gz`: it is not there\nhint: ",
        ),
        (&["build", "note.txt.pdf", "-o", "out"], "error: `note.txt.pdf` is neither WARC, WAT, WACZ nor ARC\nhint: "),
    ] {
        let output = sayso(arguments, dir.path());
        let message = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(message.starts_with(says), "{arguments:?}: {message}");
    }
    assert!(!dir.path().join("out/CURRENT").exists());
}

#[test]
fn bad_input_ends_with_status_three_and_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let record = |body: &str, length: usize| {
        format!(
            "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: text/html\r\n\
             Content-Length: {length}\r\n\r\n{body}\r\n\r\n"
        )
    };
    let page = "<img src=a.jpg alt='a \u{1b}[31mcat'>";
    std::fs::write(dir.path().join("a.warc"), record(page, page.len()) + &record("cut", 300)).unwrap();
    let output = sayso(&["build", "a.warc", "-o", "out", "--json"], dir.path());
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (report["samples"].as_u64(), report["damage"]["truncated"]["count"].as_u64()),
        (Some(1), Some(1)),
        "{report}"
    );
    let found = sayso(&["search", "out", "cat"], dir.path());
    assert!(!found.stdout.contains(&0x1b), "a caption must not reach the terminal as it is");
}

#[test]
fn hits_are_printed_in_the_order_that_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let row = |number: usize, score: &str| format!("https://a.example/{number}.jpg,a cat {number},{score}\n");
    let scores = ["0.311", "0.319", "", "0.305", "0.9"];
    let rows: String = scores.iter().enumerate().map(|(number, score)| row(number, score)).collect();
    std::fs::write(dir.path().join("t.csv"), format!("url,caption,similarity\n{rows}")).unwrap();
    assert!(sayso(&["import", "t.csv", "-o", "set"], dir.path()).status.success());
    let captions = |arguments: &[&str]| -> Vec<String> {
        let found = sayso(&[&["search", "set", "cat", "--json"], arguments].concat(), dir.path());
        assert!(found.status.success(), "{}", said(&found));
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
        found["hits"].as_array().unwrap().iter().map(|hit| hit["caption"].as_str().unwrap().to_owned()).collect()
    };
    // Finer than the steps in which scores are counted; what has none comes last.
    assert_eq!(captions(&["--sort", "-similarity"]), ["a cat 4", "a cat 1", "a cat 0", "a cat 3", "a cat 2"]);
    assert_eq!(captions(&["--sort=similarity", "-n", "2", "--offset", "1"]), ["a cat 0", "a cat 1"]);
    let unknown = sayso(&["search", "set", "cat", "--sort", "size"], dir.path());
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        said(&unknown).contains("`size` is no order") && said(&unknown).contains("captured_at"),
        "{}",
        said(&unknown)
    );
    for origin in ["example.org", "https://example.org/path"] {
        let refused = sayso(&["serve", "set", "--cors", origin], dir.path());
        assert_eq!(refused.status.code(), Some(2));
        assert!(said(&refused).contains("is no origin"), "{}", said(&refused));
    }
}

#[cfg(not(feature = "sql"))]
#[test]
fn without_the_engine_it_says_how_to_get_it() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("t.csv"), "url,caption\nhttps://one.example/a.jpg,a cat\n").unwrap();
    assert!(sayso(&["import", "t.csv", "-o", "set"], dir.path()).status.success());
    assert!(text(&sayso(&["sql", "set"], dir.path())).starts_with("samples, 1 row\n"));
    let output = sayso(&["sql", "set", "select 1"], dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("hint: build it with `--features sql`"), "{}", said(&output));
}
