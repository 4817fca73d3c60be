//! `sayso reserve` writes what it was told, and what it wrote is understood.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::{json, sayso};

#[test]
fn what_is_wished_is_understood() {
    let dir = tempfile::tempdir().unwrap();
    let (no, yes, unknown) = ("disallowed", "allowed", "unknown");
    // search, data-mining, train-ai, train-genai, fine-tune, ai-input
    for (number, (wishes, status, understood)) in [
        (&["--no", "data-mining"][..], 0, [unknown, no, no, no, no, no]),
        (&["--no", "data-mining", "--yes", "search"], 0, [yes, no, no, no, no, no]),
        (&["--no", "train-ai"], 0, [unknown, unknown, no, no, no, unknown]),
        (&["--no", "train-genai"], 0, [unknown, unknown, unknown, no, no, unknown]),
        (&["--no", "ai-input", "--yes", "train-ai"], 0, [unknown, unknown, yes, yes, yes, no]),
        (&["--no", "search", "--no", "train-ai", "--no", "ai-input"], 0, [no, unknown, no, no, no, no]),
        (&["--yes", "data-mining", "--yes", "search", "--yes", "ai-input"], 0, [yes, yes, yes, yes, yes, yes]),
        // No vocabulary of sites speaks of imitation alone.
        (&["--no", "fine-tune"], 1, [unknown; 6]),
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("out{number}");
        let mut arguments = vec!["reserve", "https://example.org/", "-o", &out, "--json"];
        arguments.extend(wishes);
        let output = sayso(&arguments, dir.path());
        assert_eq!(output.status.code(), Some(status), "{wishes:?}: {}", String::from_utf8_lossy(&output.stderr));
        let categories = ["search", "data-mining", "train-ai", "train-genai", "fine-tune", "ai-input"];
        let report = json(&output);
        for (category, stance) in categories.iter().zip(understood) {
            assert_eq!(report["understood"][category], stance, "{wishes:?} {category}");
        }
        // The other command reads the same in the folder.
        let url = "https://example.org/picture.jpg";
        let read = json(&sayso(&["signals", &out, "--for", url, "--agent", "an-honest-crawler", "--json"], dir.path()));
        for (category, stance) in categories.iter().zip(understood) {
            assert_eq!(read["verdicts"][category]["stance"], stance, "{wishes:?} {category} read again");
        }
        assert_eq!(read["contradictions"].as_array().unwrap().len(), 0, "{wishes:?}");
    }
}

#[test]
fn nothing_is_overwritten_and_nonsense_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("site")).unwrap();
    std::fs::write(dir.path().join("site/ai.txt"), "mine").unwrap();
    for arguments in [
        &["https://example.org", "--no", "train-ai", "-o", "site"][..],
        &["https://example.org", "-o", "new"],
        &["https://example.org", "--no", "train-ai", "--yes", "train-genai", "-o", "new"],
        &["example.org", "--no", "train-ai", "-o", "new"],
        &["https://example.org/path", "--no", "train-ai", "-o", "new"],
        &["https://a\"><script>", "--no", "train-ai", "-o", "new"],
    ] {
        let mut all = vec!["reserve"];
        all.extend(arguments);
        let output = sayso(&all, dir.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\nhint: "), "{arguments:?}");
    }
    assert_eq!(std::fs::read_to_string(dir.path().join("site/ai.txt")).unwrap(), "mine");
    assert!(!dir.path().join("site/robots.txt").exists() && !dir.path().join("new").exists());
}

#[test]
fn agents_that_also_search_are_turned_away_with_search_alone() {
    let dir = tempfile::tempdir().unwrap();
    let robots = |out: &str, wishes: &[&str]| {
        let output = sayso(&[&["reserve", "https://example.org", "-o", out][..], wishes].concat(), dir.path());
        assert!(output.status.success(), "{output:?}");
        std::fs::read_to_string(dir.path().join(out).join("robots.txt")).unwrap()
    };
    let found = robots("found", &["--no", "data-mining", "--no", "ai-input"]);
    assert!(found.contains("User-agent: GPTBot\n") && !found.contains("Applebot\n"), "{found}");
    let lost = robots("lost", &["--no", "data-mining", "--no", "ai-input", "--no", "search"]);
    assert!(lost.contains("User-agent: Applebot\n"), "{lost}");
}
