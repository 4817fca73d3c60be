//! The pages in a real browser: a reader types, clicks and reads, with script switched off; and brings a picture, with
//! script and without.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod driven;
mod pictures;
mod support;

use std::path::Path;
use std::process::Command;

use driven::{Browser, Running, served, started};
use image::DynamicImage;
use image::imageops::FilterType;
use pictures::{drawn, jpeg, page, png, textured, write};
use serde_json::json;
use support::sayso;

/// The demo, served on a free port: its address, and the process.
fn demo(dir: &Path) -> (String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["demo", "--listen", "127.0.0.1:0", "-o"]).arg(dir.join("demo"));
    served(command)
}

#[test]
fn a_reader_asks_and_reads_why() {
    let Some(browser) = started(false) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _demo) = demo(dir.path());

    browser.open(&site);
    assert!(browser.text("h1").contains("Have I been trained?"), "{}", browser.text("body"));
    browser.write("input[name=q]", "hills");
    browser.click("form button");
    browser.arrive("/search?q=hills");
    assert_eq!(browser.text("mark").to_lowercase(), "hills");
    assert!(browser.text("main").contains("thornwick.example"));
    assert!(browser.elements("img").is_empty(), "nothing is loaded from the listed sites");

    browser.click("main a[href^='/samples/']");
    browser.arrive("/samples/");
    let sample = browser.text("main");
    for word in ["thornwick.example", "unknown", "train-genai", "opt-out"] {
        assert!(sample.contains(word), "no `{word}` in {sample}");
    }
    assert!(browser.elements("img").is_empty());
    browser.click("a[href*='show=picture']");
    browser.arrive("show=picture");
    assert!(
        browser.property("main img", "src").as_str().unwrap().contains("thornwick.example"),
        "the reader asked for it"
    );

    browser.open(&format!("{site}/search?q=verdict%3Aallowed"));
    browser.click("main a[href^='/samples/']");
    browser.arrive("/samples/");
    assert!(browser.text("main").contains("train-ai=y"), "the evidence stands there word for word");

    browser.open(&format!("{site}/search?q=nobodyeverwrotethis"));
    assert!(browser.elements("main a[href^='/samples/']").is_empty());
    browser.open(&format!("{site}/search?q=%22unclosed"));
    assert!(!browser.text("main").is_empty());
}

/// A dataset of four pictures, and on the desk a picture of which two of them are copies.
fn copied(dir: &Path) -> (String, Running) {
    let first = drawn(1);
    let crawl = [
        page("original", "a red evening", "image/png", &png(&first)),
        page(
            "mirror",
            "a <b>red</b> evening",
            "image/jpeg",
            &jpeg(&first.fliph().resize(200, 150, FilterType::Triangle)),
        ),
        page("other", "a blue morning", "image/jpeg", &jpeg(&drawn(2))),
        page("market", "a market", "image/jpeg", &jpeg(&DynamicImage::ImageRgb8(textured(1, 640, 480)))),
    ];
    write(dir, "crawl.warc", &crawl.concat());
    assert!(sayso(&["build", "crawl.warc", "-o", "set"], dir).status.success());
    write(dir, "mine.png", &png(&first));
    let part = DynamicImage::ImageRgb8(textured(1, 640, 480)).crop_imm(120, 60, 452, 340);
    write(dir, "part.jpg", &jpeg(&part));
    write(dir, "strange.png", &png(&drawn(7)));
    write(dir, "plain.png", &png(&DynamicImage::new_rgb8(64, 64)));
    write(dir, "notes.png", b"no picture");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).arg(dir.join("set"));
    served(command)
}

impl Browser {
    /// Waits until an element's text holds these words: what a script does takes its time.
    fn wait_for(&self, css: &str, words: &str) -> String {
        for _ in 0..300 {
            let text = self.text_if_there(css).unwrap_or_default();
            if text.contains(words) {
                return text;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("`{words}` never came to stand in `{css}`: {}", self.text("body"));
    }
}

#[test]
fn a_picture_is_hashed_in_the_page_and_only_the_hash_is_sent() {
    let Some(browser) = started(true) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = copied(dir.path());
    let path = |name: &str| dir.path().join(name).display().to_string();

    browser.open(&format!("{site}/match"));
    assert!(browser.text("main").contains("hashed in this page"));
    browser.write("#picture", &path("mine.png"));
    let found = browser.wait_for("#found", "2 samples");
    assert!(found.contains("original.example") && found.contains("mirror.example"), "{found}");
    assert!(found.contains("mirrored left to right") && !found.contains("other.example"), "{found}");
    assert!(found.contains("a <b>red</b> evening"), "what is foreign is text: {found}");
    assert!(browser.wait_for("#said", "did not leave").contains("hash"));
    // The page has the hashes that the command prints.
    let hashed = sayso(&["hash", "mine.png", "--dihedral", "--json"], dir.path());
    let hashed = String::from_utf8(hashed.stdout).unwrap();
    let (_, sent) = browser.address().split_once("pdq=").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let sent: Vec<&str> = sent.split(',').collect();
    assert_eq!(sent.len(), 8);
    assert!(sent.iter().all(|hash| hashed.contains(hash)), "{sent:?} are not {hashed}");
    // Of what the site could know, nothing but the page, its script and the question was asked for.
    let asked = browser.post(
        "/execute/sync",
        &json!({ "script": "return performance.getEntriesByType('resource').map((entry) => entry.name)", "args": [] }),
    );
    let asked: Vec<&str> = asked.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(asked.iter().all(|name| name.starts_with(&site) || name.starts_with("blob:")), "{asked:?}");

    // The same picture, sent: it is the very file of the original.
    browser.click("#bring button");
    browser.wait_for("#found", "byte for byte");

    browser.open(&format!("{site}/match"));
    browser.write("#picture", &path("strange.png"));
    browser.wait_for("#found", "No copy found");
    browser.write("#picture", &path("plain.png"));
    browser.wait_for("#found", "Too little to see");
    browser.write("#picture", &path("notes.png"));
    browser.wait_for("#said", "cannot open it");
}

#[test]
fn without_script_a_picture_is_sent_and_the_page_says_so() {
    let Some(browser) = started(false) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (site, _server) = copied(dir.path());
    browser.open(&format!("{site}/match"));
    assert!(browser.text("main").contains("the picture itself is sent to this server"));
    browser.write("#picture", &dir.path().join("mine.png").display().to_string());
    browser.click("#bring button");
    let found = browser.wait_for("#found", "2 samples");
    assert!(found.contains("byte for byte") && found.contains("mirrored left to right"), "{found}");
    // A part of a picture is found by the picture itself alone.
    browser.open(&format!("{site}/match"));
    browser.write("#picture", &dir.path().join("part.jpg").display().to_string());
    browser.click("#bring button");
    let found = browser.wait_for("#found", "1 sample");
    assert!(found.contains("market.example") && found.to_lowercase().contains("a part agrees"), "{found}");
}
