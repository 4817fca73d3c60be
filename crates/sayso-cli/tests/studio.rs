//! The studio of `sayso serve`, with the real program and the little model that the numeric tests have: over HTTP, killed and stopped,
//! and driven in a real browser.
#![cfg(all(feature = "diffusion", feature = "credentials"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod driven;
mod studio_guest;
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use driven::{Browser, Running, served, started};
use sayso::reserve::{PictureOptions, Target, Texts, Wishes, reserve_pictures};
use sayso_core::UsageCategory;
use studio_guest::{Guest, between};
use support::{json, said, text};

fn model() -> String {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "sayso-diffusion", "tests", "fixtures", "model"].iter().collect();
    path.to_str().unwrap().to_owned()
}

fn command(arguments: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).env("XDG_CONFIG_HOME", dir.join("config"));
    command
}

fn sayso(arguments: &[&str], dir: &Path) -> Output {
    command(arguments, dir).output().unwrap()
}

/// A folder with a small dataset to serve, and four pictures: one that says yes, one that says no, two that say nothing.
fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let output = sayso(&["demo", "--no-serve", "-o", "demo"], dir.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let names = ["yes.png", "no.png", "silent.png", "drawn.png"];
    for (name, seed) in names.iter().zip(1..) {
        picture(&dir.path().join(name), seed);
    }
    say(&dir.path().join("yes.png"), true);
    say(&dir.path().join("no.png"), false);
    dir
}

fn picture(path: &Path, seed: u32) {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut blocks = [[[0_u8; 3]; 16]; 16];
    for channel in blocks.iter_mut().flatten().flatten() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *channel = (state >> 24) as u8;
    }
    let drawn = image::RgbImage::from_fn(128, 128, |x, y| image::Rgb(blocks[y as usize / 8][x as usize / 8]));
    drawn.save(path).unwrap();
}

fn say(path: &Path, yes: bool) {
    let all = vec![UsageCategory::DataMining];
    let wishes = if yes { Wishes { no: vec![], yes: all } } else { Wishes { no: all, yes: vec![] } };
    let texts = Texts { creator: Some("Ottilie Vandenbroek".to_owned()), ..Texts::default() };
    let options = PictureOptions { wishes, texts, target: Target::InPlace, force: false, signing: None };
    let report = reserve_pictures(&[path.to_owned()], &options, &|_, _| {}).unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
}

fn serve(more: &[&str], dir: &Path) -> (String, Running) {
    let base = model();
    let asked = ["serve", "demo/dataset", "--listen", "127.0.0.1:0", "--registry", "claims", "--studio", &base];
    served(command(&[&asked[..], &["--studio-folder", "studio"], more].concat(), dir))
}

/// What of sessions lies in the studio's folder.
fn left(dir: &Path) -> usize {
    fs_err::read_dir(dir.join("studio").join("sessions")).unwrap().count()
}

const TRAIN: [(&str, &str); 4] =
    [("title", "My boat"), ("prompt", "a photo of sks boat"), ("class", ""), ("steps", "3")];

#[test]
fn what_is_brought_is_checked_learned_and_gone() {
    let dir = world();
    let dir = dir.path();
    let (site, _server) = serve(&["--studio-picture-mib", "1", "--studio-session-mib", "2"], dir);
    let mut guest = Guest::new(&site);
    let start = guest.get("/studio").text();
    for words in ["A studio that keeps nothing", "1 hour", "24 hours", "60 pictures of up to 1 MiB"] {
        assert!(start.contains(words), "{words}: {start}");
    }
    // Nobody has a session yet, and nobody gets one from elsewhere.
    assert_eq!(guest.get("/studio/training").status, 403);
    assert_eq!(guest.post("/studio/delete", &[]).status, 403);
    let foreign = guest.post_from("https://evil.example", "/studio/session", &[]);
    assert_eq!(foreign.status, 403, "{}", foreign.text());

    let begun = guest.post("/studio/session", &[]);
    assert_eq!((begun.status, begun.header("location").as_str()), (303, "/studio"));
    let cookie = begun.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Max-Age"),
        "{cookie}"
    );
    let home = guest.get("/studio");
    assert!(home.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(home.header("cache-control"), "no-store");
    guest.form = between(&home.text(), "name=\"form\" value=\"", "\"").to_owned();

    // Pictures, under names that want to be more.
    let read = |name: &str| fs_err::read(dir.join(name)).unwrap();
    let hostile = "../../../etc/<script>silent\u{202e}.png";
    let brought = guest.bring(&[
        ("yes.png", read("yes.png")),
        ("C:\\art\\no.png", read("no.png")),
        (hostile, read("silent.png")),
    ]);
    assert_eq!((brought.status, brought.header("location").as_str()), (303, "/studio"), "{}", brought.text());
    let home = guest.get("/studio").text();
    assert!(home.contains("Of 3 pictures, 1 says yes and is learned from"), "{home}");
    assert!(home.contains("plus:DataMining") && home.contains("may I train an image model"), "{home}");
    assert!(!home.contains("<script>") && home.contains("&#60;script&#62;silent⟨U+202E⟩.png"), "{home}");
    assert!(!home.contains("art\\no.png"), "a folder of theirs is nobody's business");
    assert!(!dir.join("etc").exists() && left(dir) == 1);
    let too_large = guest.bring(&[("large.png", vec![0; 1_200_000])]);
    assert_eq!(too_large.status, 413);
    assert!(too_large.text().contains("1048576 bytes are the most of a picture"), "{}", too_large.text());
    let far_too_large = guest.bring(&[("huge.png", vec![0; 4 << 20])]);
    assert_eq!(far_too_large.status, 413, "{}", far_too_large.text());
    let none = guest.bring(&[("notes.png", b"no picture".to_vec()), ("drawn.png", read("drawn.png"))]);
    assert_eq!(none.status, 422);
    assert!(
        none.text().contains("notes.png") && none.text().contains("drawn.png"),
        "what is one is taken: {}",
        none.text()
    );
    // A form that is not this session's.
    let own = std::mem::replace(&mut guest.form, "00".repeat(32));
    assert_eq!(guest.bring(&[("yes.png", read("yes.png"))]).status, 403);
    assert_eq!(guest.post("/studio/train", &TRAIN).status, 403);
    guest.form = own;
    assert_eq!(guest.post_from("https://evil.example", "/studio/delete", &[]).status, 403);
    // Somebody else does not see it, whatever they ask for.
    let mut other = Guest::new(&site);
    other.post("/studio/session", &[]);
    assert_eq!(guest.get("/studio/files/upload-1").status, 200);
    for path in ["/studio/files/upload-1", "/studio/files/..%2fsession.json", "/studio/files/session.json"] {
        assert_eq!(other.get(path).status, 404, "{path}");
    }
    other.cookie = format!("sayso-studio={}", "0".repeat(32));
    assert_eq!(other.get("/studio/files/upload-1").status, 403);
    assert!(other.get("/studio").text().contains("A studio that keeps nothing"));

    // The word of whoever made them counts where nothing is said, and nowhere else.
    let own_word = [("number", "1"), ("number", "2"), ("number", "3"), ("maker", "Ana Müller"), ("agree", "yes")];
    assert_eq!(guest.post("/studio/own-word", &own_word).status, 303);
    let home = guest.get("/studio").text();
    assert!(home.contains("Of 4 pictures, 2 say yes and are learned from"), "{home}");
    // Who is shown has to be said, and names of others are refused.
    let early = guest.post("/studio/train", &TRAIN);
    assert!(early.status == 422 && early.text().contains("who can be recognised"), "{}", early.text());
    let claimed = guest.post("/studio/shown", &[("shown", "somebody"), ("persons", "Marisol Quintero=7")]);
    assert!(claimed.status == 422 && claimed.text().contains("Claim 7 is no grant"), "{}", claimed.text());
    assert_eq!(guest.post("/studio/shown", &[("shown", "nobody"), ("use", "any")]).status, 303);
    let named = [("title", "Ottilie Vandenbroek style"), ("prompt", "a boat"), ("class", ""), ("steps", "3")];
    let named = guest.post("/studio/train", &named);
    assert!(named.status == 422 && named.text().contains("Ottilie Vandenbroek"), "{}", named.text());
    assert!(!named.text().contains("studio/sessions"), "no path of this machine is told: {}", named.text());

    let trained = guest.post("/studio/train", &TRAIN);
    assert_eq!((trained.status, trained.header("location").as_str()), (303, "/studio/training"), "{}", trained.text());
    let page = guest.until("/studio/training", "It has learned: 3 of 3 steps.");
    assert!(
        !page.contains("http-equiv=\"refresh\"") && page.contains("class=\"smooth\"") && page.contains("sample-1"),
        "{page}"
    );
    assert_eq!(&guest.get("/studio/files/sample-1").bytes[1..4], b"PNG");
    let weights = guest.get("/studio/files/weights");
    assert!(weights.header("content-disposition").contains("my-boat.safetensors"));
    fs_err::write(dir.join("fetched.safetensors"), &weights.bytes).unwrap();
    let lineage = sayso::training::read_adapter(&dir.join("fetched.safetensors")).unwrap().lineage.unwrap();
    let makers: Vec<_> = lineage.pictures.iter().map(|it| it.creator.clone().unwrap_or_default()).collect();
    assert_eq!((lineage.count, makers), (2, vec!["Ottilie Vandenbroek".to_owned(), "Ana Müller".to_owned()]));
    assert!(guest.get("/studio/files/card").text().contains("2 were refused"));

    let asked = [("prompt", "a photo of sks boat"), ("count", "1"), ("steps", "2"), ("seed", "5")];
    assert_eq!(guest.post("/studio/made", &asked).status, 303);
    let page = guest.until("/studio/made", "/studio/files/picture-1");
    assert!(page.contains("Seed 5"), "{page}");
    let made = guest.get("/studio/files/picture-1").bytes;
    assert!(made.windows(4).any(|part| part == b"c2pa"), "it is signed");
    assert_eq!(&guest.get("/studio/files/bundle").bytes[..4], b"PK\x03\x04");

    let before = guest.get("/studio/receipt").text();
    assert_eq!(guest.post("/studio/delete", &[]).header("location"), "/studio/ended");
    let ended = guest.until("/studio/ended", "entry 0, with the proof");
    assert_eq!(left(dir), 1, "the other one's is there");
    let key = between(&ended, "--registry-key ", "</code>").to_owned();
    let receipt = guest.get("/studio/receipt");
    assert!(receipt.header("content-disposition").contains("deletion.json"));
    fs_err::write(dir.join("deletion.json"), &receipt.bytes).unwrap();
    let verify = |file: &str, more: &[&str]| sayso(&[&["verify", file], more].concat(), dir);
    let output = verify("deletion.json", &["--registry-key", &key]);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output), said(&output));
    assert!(text(&output).starts_with("holds: entry 0 of") && text(&output).contains("upload "), "{}", text(&output));
    // So says a program that has no line of this one.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/verify_receipt.py");
    let by_script = |file: &str, more: &[&str]| {
        let mut python = Command::new("python3");
        python.arg(&script).args([file, "--registry-key", &key]).args(more).current_dir(dir).output()
    };
    let has_python = by_script("deletion.json", &[]).is_ok();
    assert!(has_python || std::env::var_os("CI").is_none(), "no python3");
    if let Ok(output) = by_script("deletion.json", &[]) {
        assert!(output.status.success() && text(&output).starts_with("holds: entry 0 of"), "{output:?}");
    }
    // Changed, it does not hold; without a key nobody knows who signed; and one from before has no proof in it.
    fs_err::write(dir.join("forged.json"), receipt.text().replacen("upload ", "picture ", 1)).unwrap();
    assert_eq!(verify("forged.json", &["--registry-key", &key]).status.code(), Some(1));
    assert_eq!(verify("deletion.json", &[]).status.code(), Some(2));
    fs_err::write(dir.join("before.json"), &before).unwrap();
    let output = verify("before.json", &["--registry-key", &key]);
    assert!(output.status.code() == Some(1) && text(&output).contains("not-yet"), "{}", text(&output));
    let mut anybody = Guest::new(&site);
    let commitment = between(&before, "\"commitment\": \"", "\"").to_owned();
    let found = anybody.get(&format!("/studio/deletions?commitment={commitment}")).text();
    assert!(found.contains("/api/v1/log/proof/0") && found.contains("whoever brought it asked for it"), "{found}");
    fs_err::write(dir.join("proof.json"), anybody.get("/api/v1/log/proof/0").bytes).unwrap();
    let output = verify("before.json", &["--registry-key", &key, "--log-proof", "proof.json", "--json"]);
    assert_eq!((output.status.code(), &json(&output)["holds"]), (Some(0), &true.into()), "{}", text(&output));
    if has_python {
        let completed = by_script("before.json", &["--log-proof", "proof.json"]).unwrap();
        assert!(completed.status.success(), "{completed:?}");
        assert_eq!(by_script("forged.json", &[]).unwrap().status.code(), Some(1));
        assert!(text(&by_script("before.json", &[]).unwrap()).contains("(not-yet)"));
    }
    // It is over, for whoever had it too.
    assert_eq!(guest.get("/studio/files/weights").status, 403);
    assert_eq!(guest.post("/studio/train", &TRAIN).status, 403);
    assert_eq!(guest.post("/studio/forget", &[]).status, 303);
    assert_eq!(guest.get("/studio/receipt").status, 403);
    assert!(guest.get("/studio").text().contains("A studio that keeps nothing"));
    let output = sayso(&["registry", "audit", "--registry", "claims"], dir);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output), said(&output));
}

/// A session that learns for long.
fn learning(site: &str, dir: &Path) -> Guest {
    let mut guest = Guest::new(site);
    guest.post("/studio/session", &[]);
    let home = guest.get("/studio").text();
    guest.form = between(&home, "name=\"form\" value=\"", "\"").to_owned();
    guest.bring(&[("yes.png", fs_err::read(dir.join("yes.png")).unwrap())]);
    guest.post("/studio/shown", &[("shown", "nobody")]);
    let long = [("title", "My boat"), ("prompt", "a photo of sks boat"), ("class", ""), ("steps", "1000")];
    assert_eq!(guest.post("/studio/train", &long).status, 303);
    guest
}

#[test]
fn a_server_that_is_killed_or_stopped_leaves_nothing() {
    let dir = world();
    let dir = dir.path();
    let (site, server) = serve(&[], dir);
    let mut guest = learning(&site, dir);
    guest.until("/studio/training", "It learns: ");
    let before = guest.get("/studio/receipt").text();
    assert_eq!(left(dir), 1);
    // Another server cannot take its folder from it.
    let base = model();
    let twin = sayso(
        &[
            "serve",
            "demo/dataset",
            "--listen",
            "127.0.0.1:0",
            "--registry",
            "claims",
            "--studio",
            &base,
            "--studio-folder",
            "studio",
        ],
        dir,
    );
    assert!(twin.status.code() == Some(2) && said(&twin).contains("another studio works in it"), "{}", said(&twin));
    drop(server);
    assert_eq!(left(dir), 1, "killed in the middle");

    let (site, server) = serve(&["--studio-keep", "2h"], dir);
    assert_eq!(left(dir), 0);
    let page = guest.at(&site).get("/studio/deletions").text();
    let commitment = between(&before, "\"commitment\": \"", "\"");
    assert!(page.contains(commitment) && page.contains("found it when it was started again"), "{page}");

    let mut guest = learning(&site, dir);
    assert!(guest.get("/studio").text().contains("or when you delete it"));
    guest.until("/studio/training", "It learns: ");
    // Stopped as a system stops it: it stops after a step, and deletes.
    let stopped = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    for _ in 0..600 {
        if left(dir) == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left(dir), 0);
    drop(server);
    let (site, _server) = serve(&[], dir);
    let page = guest.at(&site).get("/studio/deletions").text();
    assert!(page.contains("the server was stopped"), "{page}");
}

#[test]
fn what_cannot_be_opened_is_told_before_anybody_comes() {
    let dir = world();
    let dir = dir.path();
    let refused = |more: &[&str]| {
        let output = sayso(&[&["serve", "demo/dataset", "--listen", "127.0.0.1:0"], more].concat(), dir);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        said(&output)
    };
    let base = model();
    assert!(refused(&["--studio", &base]).contains("--registry"));
    let long = refused(&["--studio", &base, "--registry", "claims", "--studio-keep", "25h"]);
    assert!(long.contains("from 1m to 24h"), "{long}");
    fs_err::create_dir(dir.join("empty")).unwrap();
    let nothing = refused(&["--studio", "empty", "--registry", "claims", "--studio-folder", "studio"]);
    assert!(nothing.contains("hint: "), "{nothing}");
    let others = refused(&["--studio", &base, "--registry", "claims", "--studio-folder", "demo"]);
    assert!(others.contains("hint: "), "{others}");
}

impl Browser {
    /// Takes the page as a picture, where somebody wants to look at it: `SAYSO_SCREENSHOTS` names a folder.
    fn shot(&self, name: &str) {
        let Some(folder) = std::env::var_os("SAYSO_SCREENSHOTS") else { return };
        // Long pages as a whole.
        self.post("/window/rect", &serde_json::json!({ "width": 1200, "height": 2600 }));
        let picture = self.get("/screenshot");
        self.post("/window/rect", &serde_json::json!({ "width": 1200, "height": 1300 }));
        let bytes = base64_of(picture.as_str().unwrap());
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }

    fn waits_for(&self, css: &str, words: &str) -> String {
        for _ in 0..600 {
            let text = self.text_if_there(css).unwrap_or_default();
            if text.contains(words) {
                return text;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("`{words}` never came to stand in `{css}` of {}: {}", self.address(), self.text("body"));
    }
}

/// The bytes of a text in base64.
fn base64_of(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().filter_map(|byte| DIGITS.iter().position(|known| *known == byte)) {
        held = held << 6 | u32::try_from(digit).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}

#[test]
fn somebody_trains_in_a_browser_and_leaves_nothing_behind() {
    // Without script: every page has to work.
    let Some(browser) = started(false) else { return };
    let dir = world();
    let dir = dir.path();
    let (site, _server) = serve(&[], dir);
    browser.open(&site);
    browser.click("nav a[href='/studio']");
    browser.arrive("/studio");
    browser.shot("1-start");
    browser.click("form[action='/studio/session'] button");
    browser.waits_for("h1", "Pictures and consent");
    let paths = ["yes.png", "no.png", "silent.png"].map(|name| dir.join(name).display().to_string());
    browser.write("#pictures", &paths.join("\n"));
    browser.click("form[action='/studio/pictures'] button");
    browser.waits_for("#check + p", "1 says yes");
    let refused = browser.text("#picture-2");
    assert!(refused.contains("no.png") && refused.contains("disallowed"), "{refused}");
    assert!(browser.text("#picture-1").contains("allowed") && browser.text("#picture-3").contains("unknown"));
    browser.click("#picture-2 details:last-of-type summary");
    assert!(browser.text("#picture-2").contains("may I train an image model on a picture of yours"));
    assert_eq!(browser.property("#picture-1 img", "naturalWidth"), 128, "one's own pictures are shown");
    browser.shot("2-check");
    // Of what is silent, whoever made it says yes.
    browser.click("#made-3");
    browser.write("#maker", "Ana Müller");
    browser.click("#agree");
    browser.click("#own-word button");
    browser.waits_for("#check + p", "2 say yes");
    browser.click("#shown-nobody");
    browser.click("#shown button");
    browser.waits_for("#train legend", "Train on what said yes");
    browser.shot("3-form");
    browser.write("#title", "My boat");
    browser.write("#prompt", "a photo of sks boat");
    browser.write("#steps", "\u{e009}a\u{e000}40");
    browser.click("#train button");
    browser.arrive("/studio/training");
    browser.shot("4-training");
    browser.waits_for("#state", "It has learned: 40 of 40 steps.");
    assert!(!browser.elements("svg .smooth").is_empty() && !browser.elements("ol.shots img").is_empty());
    browser.shot("5-trained");
    browser.click("a.button[href='/studio/made']");
    browser.arrive("/studio/made");
    browser.write("#prompt", "a photo of sks boat at sea");
    browser.write("#steps", "\u{e009}a\u{e000}4");
    browser.click("#make button");
    browser.waits_for("ol.made", "a photo of sks boat at sea");
    assert!(browser.property("ol.made img", "naturalWidth").as_u64().unwrap() >= 16, "there it is");
    browser.shot("6-made");
    browser.click("button.danger");
    browser.waits_for("h1", "Everything is deleted");
    browser.waits_for("#entry", "entry 0");
    browser.shot("7-deleted");
    assert_eq!(left(dir), 0);
    // What the page says to run says that it holds.
    let cookie = browser.get("/cookie");
    let cookie = cookie.as_array().unwrap().iter().find(|it| it["name"] == "sayso-studio").unwrap()["value"].clone();
    let mut guest = Guest::new(&site);
    guest.cookie = format!("sayso-studio={}", cookie.as_str().unwrap());
    fs_err::write(dir.join("deletion.json"), guest.get("/studio/receipt").bytes).unwrap();
    let said_on_page = browser.text("pre");
    let arguments: Vec<&str> = said_on_page.split_whitespace().skip(1).collect();
    let output = sayso(&arguments, dir);
    assert_eq!(output.status.code(), Some(0), "{said_on_page}: {}{}", text(&output), said(&output));
    let key = arguments.last().unwrap().to_string();
    browser.click("a[href='/studio/deletions']");
    browser.arrive("/studio/deletions");
    browser.shot("8-deletions");
    assert!(browser.text("tbody").contains("whoever brought it asked for it"));

    // And so does the page that verifies, whose script sends nothing.
    drop(browser);
    let Some(browser) = started(true) else { return };
    browser.open(&format!("{site}/verify"));
    browser.click("details summary");
    browser.write("#registry-key", &key);
    browser.write("#file", &dir.join("deletion.json").display().to_string());
    browser.waits_for("#verdict", "The receipt holds");
    assert!(browser.text("#steps").contains("Entry 0 says that"));
    browser.shot("9-verified");
    let receipt = fs_err::read_to_string(dir.join("deletion.json")).unwrap();
    fs_err::write(dir.join("forged.json"), receipt.replacen("upload ", "picture ", 1)).unwrap();
    browser.write("#file", &dir.join("forged.json").display().to_string());
    browser.waits_for("#verdict", "does not hold: salt and contents lead to another commitment");
}
