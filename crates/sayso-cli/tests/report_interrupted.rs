//! Whoever stops a report keeps nothing half-written, and is told so in one sentence.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod pictures;
mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use image::DynamicImage;
use pictures::{jpeg, textured, write};
use support::{said, sayso};

/// Everything in a folder and in the folders in it.
fn all_in(dir: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let mut all = if path.is_dir() { all_in(&path) } else { BTreeSet::new() };
            all.insert(path.display().to_string());
            all
        })
        .collect()
}

fn started(arguments: &[&str], dir: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Presses Ctrl-C as soon as `file` is there.
fn stopped_at(mut child: Child, file: &Path) {
    while !file.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let sentence = "error: interrupted\nhint: nothing was changed or kept; it begins anew when it is run again\n";
    assert!(said.ends_with(sentence) && said.matches("error:").count() == 1, "{said:?}");
}

#[test]
fn a_stopped_card_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(sayso(&["demo", "--no-serve", "-o", "demo"], dir).status.success());
    let before = all_in(dir);
    // The builder's own words come out of a pipe, and never end: there is a middle.
    let words = dir.join("words");
    assert!(Command::new("mkfifo").arg(&words).status().unwrap().success());
    let child = started(&["report", "demo/dataset", "-o", "card.md", "--about", "words"], dir);
    // It opens when the other end is read.
    let pipe = std::fs::OpenOptions::new().write(true).open(&words).unwrap();
    stopped_at(child, &words);
    drop(pipe);
    std::fs::remove_file(&words).unwrap();
    assert_eq!(all_in(dir), before);
    // What is not stopped is all there.
    let whole = sayso(&["report", "demo/dataset", "-o", "card.md"], dir);
    assert!(whole.status.success(), "{}", said(&whole));
    let after = all_in(dir);
    assert!(dir.join("card.md").is_file() && dir.join("card-charts/domain.svg").is_file());
    assert!(!after.iter().any(|name| name.ends_with(".tmp")), "{after:?}");
}

#[test]
fn a_stopped_portfolio_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(sayso(&["demo", "--no-serve", "-o", "demo"], dir).status.success());
    let picture = jpeg(&DynamicImage::ImageRgb8(textured(5, 640, 480)));
    // So many that there is a middle.
    for number in 0..150 {
        write(dir, &format!("own/{number}.jpg"), &picture);
    }
    let before = all_in(dir);
    for name in ["report.html", "report.md"] {
        let arguments =
            ["report", "demo/dataset", "--kind", "portfolio", "--pictures", "own", "--threads", "1", "-o", name];
        stopped_at(started(&arguments, dir), &dir.join(format!("{name}.tmp")));
        assert_eq!(all_in(dir), before);
    }
}
