//! `sayso fetch` that is killed or interrupted goes on where it was.
#![allow(clippy::unwrap_used, reason = "tests")]

mod fetching;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use fetching::{POLITE, dataset, fetch, picture, pictures_asked};
use image::ImageFormat;
use serde_json::{Value, json};
use sites::{Site, nothing, reply};
use support::{json as json_of, sayso};

#[test]
fn who_is_killed_goes_on_and_fetches_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|asked| match asked.path.strip_prefix("/p") {
        Some(rest) => {
            let seed: u32 = rest.strip_suffix(".jpg").unwrap().parse().unwrap();
            reply(200, "Content-Type: image/jpeg\r\n", picture(seed, ImageFormat::Jpeg))
        }
        None => nothing(),
    });
    let urls: Vec<String> = (0..60).map(|number| site.url(&format!("/p{number:02}.jpg"))).collect();
    dataset(dir.path(), &urls, &[]);
    let keep = ["--keep", "originals", "--samples-per-shard", "20"];
    let journal = || -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(dir.path().join("set/.fetch")) else { return Vec::new() };
        let files =
            folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "jsonl"));
        files
            .flat_map(|path| std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let mut had = 0;
    for kill_at in [5, 30, 50] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        command.args(["fetch", "set"]).args(POLITE).args(keep).current_dir(dir.path());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while journal().len() < kill_at && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let before = std::mem::replace(&mut had, journal().len());
        let asked = pictures_asked(&site).len();
        assert!(had >= kill_at && before + asked >= had, "{before} and {asked} came to {had}");
        site.forget();
        let before: Vec<Value> = journal().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(before.iter().all(|line| line["outcome"]["kind"] == "fetched"));
    }
    let report = json_of(&fetch(&keep, dir.path()));
    assert_eq!((&report["by_kind"], &report["kept"]), (&json!({"fetched": 60}), &60.into()));
    assert_eq!(report["requests"], 60 - had as u64);
    // What was killed may have asked once more than it noted, and the site have heard it late: each is counted once.
    let asked: BTreeSet<_> = pictures_asked(&site).into_iter().collect();
    assert_eq!(asked.len(), 60 - had);
    let tars = ["00000", "00001", "00002"].map(|name| format!("set/pictures/{name}.tar"));
    let arguments: Vec<&str> = tars.iter().map(String::as_str).collect();
    let checked = json_of(&sayso(&[&["check", "--json"][..], &arguments].concat(), dir.path()));
    assert_eq!(checked["pictures"].as_array().unwrap().len(), 60);
    let mut found: Vec<&str> =
        checked["pictures"].as_array().unwrap().iter().map(|picture| picture["url"].as_str().unwrap()).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 60, "each once, and none twice");
}

/// The files below a folder, by their names there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

#[test]
fn who_is_interrupted_goes_on_and_ends_as_if_nothing_had_been() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let site = Site::start(|asked| match asked.path.strip_prefix("/p") {
        Some(rest) => {
            let seed: u32 = rest.strip_suffix(".jpg").unwrap().parse().unwrap();
            reply(200, "Content-Type: image/jpeg\r\n", picture(seed, ImageFormat::Jpeg))
        }
        None => nothing(),
    });
    let urls: Vec<String> = (0..60).map(|number| site.url(&format!("/p{number:02}.jpg"))).collect();
    for dir in &dirs {
        dataset(dir.path(), &urls, &[]);
    }
    let [plain, interrupted] = dirs.each_ref().map(tempfile::TempDir::path);
    let keep = ["--keep", "resized", "--size", "32"];
    assert_eq!(json_of(&fetch(&keep, plain))["kept"], 60);
    site.forget();
    let journal = interrupted.join("set/.fetch/00000.jsonl");
    let lines = || std::fs::read_to_string(&journal).unwrap_or_default().lines().count();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    // A pause that is long enough for there to be a middle.
    // All of them up to the pause.
    let slowly: Vec<&str> = POLITE[..5].iter().chain(["0.05"].iter()).copied().collect();
    command.args(["fetch", "set"]).args(slowly).args(keep).current_dir(interrupted);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while lines() < 5 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("interrupted\nhint: run the same command again; it goes on where it was"), "{said}");
    // What was on the way is in the journal, and nothing of it in the dataset.
    let had = lines();
    assert!((5..60).contains(&had), "{had}");
    assert_eq!(std::fs::read_to_string(interrupted.join("set/CURRENT")).unwrap().trim(), "manifest-000001.json");
    let asked = pictures_asked(&site).len();
    assert_eq!(asked, had, "who is told to stop asks for nothing more, and loses nothing");
    site.forget();
    let report = json_of(&fetch(&keep, interrupted));
    assert_eq!((&report["by_kind"], &report["requests"]), (&json!({"fetched": 60}), &(60 - had).into()));
    // The same pictures under the same keys; their order in a tar is that in which they came.
    let (plain, interrupted) = (plain.join("set/pictures"), interrupted.join("set/pictures"));
    assert_eq!(files(&plain).keys().collect::<Vec<_>>(), files(&interrupted).keys().collect::<Vec<_>>());
    let hashes = |folder: &Path| {
        let hashes = json_of(&sayso(&["hash", "00000.tar", "--json"], folder));
        let of = |picture: &Value| (picture["member"].to_string(), picture["sha256"].to_string());
        hashes["pictures"].as_array().unwrap().iter().map(of).collect::<BTreeMap<_, _>>()
    };
    assert_eq!((hashes(&plain).len(), hashes(&plain)), (60, hashes(&interrupted)));
}
