//! `sayso takedown` and `sayso purge`: what claims speak against is gone at once, everywhere, for good, and in the end from disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod driven;
mod resolver;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use domain::base::iana::Rcode;
use driven::{Running, served};
use resolver::{Sent, TestResolver, answer, txt};
use serde_json::Value;
use support::{json, said, sayso, text};

const SITE: &str = "sawantarangini.example";

/// The demo's dataset in `demo/dataset`, made of the crawl `demo/web.warc.gz`.
fn demo(dir: &Path) {
    let made = sayso(&["demo", "--no-serve", "-o", "demo"], dir);
    assert!(made.status.success(), "{made:?}");
}

fn claim(dir: &Path, subject: &str, preference: &str) -> u64 {
    let added =
        sayso(&["claim", "add", "--registry", "r", "--subject", subject, "--preference", preference, "--json"], dir);
    json(&added)["claims"][0]["claim"].as_u64().unwrap_or_else(|| panic!("{added:?}"))
}

fn takedown(dir: &Path, dataset: &str, more: &[&str]) -> Output {
    sayso(&[&["takedown", dataset, "--registry", "r"], more].concat(), dir)
}

fn hits(dir: &Path, dataset: &str, query: &str) -> Vec<Value> {
    let found = json(&sayso(&["search", "-n", "200", "--json", "--", dataset, query], dir));
    assert_eq!(found["total"].as_u64().unwrap(), found["hits"].as_array().unwrap().len() as u64);
    found["hits"].as_array().unwrap().clone()
}

fn of<'a>(values: &'a [Value], field: &str) -> BTreeSet<&'a str> {
    values.iter().map(|value| value[field].as_str().unwrap()).collect()
}

/// Every file below a folder, with what it holds.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

/// The files that hold a text, parts of it that a dictionary may have cut off not counted.
fn holding(dir: &Path, text: &str) -> Vec<PathBuf> {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    files(dir).into_iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect()
}

fn serve(dir: &Path, dataset: &str) -> (String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", dataset, "--listen", "127.0.0.1:0"]).current_dir(dir);
    served(command)
}

fn get(address: &str) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(address).call().unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&body).unwrap_or(Value::Null))
}

#[test]
fn what_is_taken_out_is_gone_everywhere_at_once_and_in_the_end_from_disk() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    demo(dir);
    let theirs = hits(dir, "demo/dataset", &format!("site:{SITE}"));
    let all = hits(dir, "demo/dataset", "verdict:allowed").len() + hits(dir, "demo/dataset", "-verdict:allowed").len();
    assert!(theirs.len() > 3 && theirs.len() < all);
    let hash = sayso(
        &[
            "sql",
            "demo/dataset",
            "--json",
            &format!("select pdq from samples where pdq_quality >= 50 and domain = '{SITE}' limit 1"),
        ],
        dir,
    );
    let hash = json(&hash)["rows"][0][0].as_str().unwrap().to_owned();
    let (site, _running) = serve(dir, "demo/dataset");
    let search = format!("{site}/api/v1/search?q=site:{SITE}");
    assert_eq!(get(&search).1["total"], theirs.len());
    let sample = format!("{site}/api/v1/samples/{}", theirs[0]["uid"].as_str().unwrap());
    assert_eq!(get(&sample).0, 200);
    let copies = format!("{site}/api/v1/match?pdq={hash}");
    assert_ne!(get(&copies).1["copies"].as_array().unwrap().len(), 0, "{:?}", get(&copies));

    // Nothing is claimed, and nothing goes.
    assert_eq!(takedown(dir, "demo/dataset", &[]).status.code(), Some(2));
    claim(dir, "domain:elsewhere.example", "train-ai=n");
    let nothing = takedown(dir, "demo/dataset", &[]);
    assert_eq!((nothing.status.code(), text(&nothing).contains("nothing in it is theirs")), (Some(1), true));
    // A claim of another use does not speak against this one.
    claim(dir, &format!("domain:{SITE}"), "search=n,train-ai=y");
    assert_eq!(takedown(dir, "demo/dataset", &[]).status.code(), Some(1));
    let number = claim(dir, &format!("domain:{SITE}"), "train-ai=n");

    let shown = takedown(dir, "demo/dataset", &["--dry-run", "--json"]);
    let shown = json(&shown)["datasets"][0].clone();
    assert_eq!((shown["snapshot"].as_u64(), shown["taken"].as_array().unwrap().len()), (Some(1), theirs.len()));
    assert_eq!(shown["taken"][0]["claim"], number);
    assert_eq!(get(&search).1["total"], theirs.len());
    assert_eq!(takedown(dir, "demo/dataset", &["--claims", "verified"]).status.code(), Some(1));
    verified(dir, number);
    let shown = json(&takedown(dir, "demo/dataset", &["--claims", "verified", "--dry-run", "--json"]));
    assert_eq!(shown["datasets"][0]["taken"].as_array().unwrap().len(), theirs.len());
    assert_eq!(shown["datasets"][0]["taken"][0]["state"], "verified");

    let receipts = ["--receipt", "receipts.jsonl", "--key", "builder.key"];
    let taken = takedown(dir, "demo/dataset", &receipts);
    assert!(
        taken.status.success() && text(&taken).contains(&format!("{} left; snapshot 2", all - theirs.len())),
        "{taken:?}"
    );
    receipts_hold(dir, &theirs, number);
    // On the server that runs, in every index, by page and by API.
    assert_eq!(get(&search).1["total"], 0);
    assert_eq!(get(&sample).0, 404);
    assert_eq!(get(&copies).1["copies"].as_array().unwrap().len(), 0);
    assert_eq!(get(&format!("{site}/api/v1/domain/{SITE}")).0, 404);
    let facets = get(&format!("{site}/api/v1/facets?fields=domain&limit=100")).1;
    assert!(!facets.to_string().contains(SITE), "{facets}");
    assert_eq!(get(&format!("{site}/api/v1/datasets")).1["datasets"][0]["samples"], all - theirs.len());
    if cfg!(feature = "sql") {
        let counted = get(&format!("{site}/api/v1/sql?q=select+count(*)+from+samples")).1;
        assert_eq!(counted["rows"][0][0], all - theirs.len(), "{counted}");
    }
    // And for whoever looks from elsewhere.
    let left = hits(dir, "demo/dataset", "verdict:allowed").len() + hits(dir, "demo/dataset", "-verdict:allowed").len();
    assert_eq!(left, all - theirs.len());
    let exported = sayso(&["export", "demo/dataset", "--format", "csv", "-o", "-"], dir);
    assert!(exported.status.success() && !text(&exported).contains(SITE), "{exported:?}");
    let report = sayso(&["report", "demo/dataset", "--kind", "card", "--json"], dir);
    assert!(report.status.success() && !text(&report).contains(SITE), "{report:?}");
    // Judged anew and indexed anew it stays out.
    for command in [&["judge", "demo/dataset", "--policy", "record"][..], &["index", "demo/dataset"]] {
        assert!(sayso(command, dir).status.success());
        assert!(hits(dir, "demo/dataset", &format!("site:{SITE}")).is_empty(), "{command:?}");
    }

    let late = sayso(&["receipt", "demo/dataset", "--registry", "r", "--key", "builder.key"], dir);
    let hint = "hint: have receipts made with the takedown";
    assert_eq!((late.status.code(), said(&late).contains(hint)), (Some(2), true), "{late:?}");
    let purged = sayso(&["purge", "demo/dataset", "--json"], dir);
    assert!(purged.status.success(), "{purged:?}");
    assert_eq!(get(&search).1["total"], 0);
    for sample in &theirs {
        for text in [&sample["url"], &sample["caption"]].map(|text| text.as_str().unwrap()) {
            assert_eq!(holding(&dir.join("demo/dataset"), text), Vec::<PathBuf>::new(), "{text}");
        }
    }
    assert_eq!(holding(&dir.join("demo/dataset"), SITE), Vec::<PathBuf>::new());
    let again = json(&sayso(&["purge", "demo/dataset", "--json"], dir))["datasets"][0].clone();
    assert_eq!((again["rows"].as_u64(), again["snapshots"].as_u64()), (Some(0), Some(0)), "{again}");

    // The same crawl once more: by the registry, and by nothing but the tombstones.
    for (out, more) in [("a", ["--registry", "r"]), ("b", ["--tombstones", "demo/dataset"])] {
        let built = sayso(&[&["build", "demo/web.warc.gz", "-o", out], &more[..]].concat(), dir);
        assert!(built.status.success(), "{built:?}");
        assert!(hits(dir, out, &format!("site:{SITE}")).is_empty(), "{more:?}");
    }
    // Tombstones are handed on.
    let third = sayso(&["build", "demo/web.warc.gz", "-o", "c", "--tombstones", "b"], dir);
    assert!(third.status.success() && hits(dir, "c", &format!("site:{SITE}")).is_empty());
    let without = sayso(&["build", "demo/web.warc.gz", "-o", "d"], dir);
    assert!(without.status.success() && hits(dir, "d", &format!("site:{SITE}")).len() == theirs.len());
}

/// Shows that a claim is made by whoever has the site's names, with a resolver of this test's own.
fn verified(dir: &Path, claim: u64) {
    let claim = claim.to_string();
    let of_claim = ["--registry", "r", "--method", "dns", "--json"];
    let told = json(&sayso(&[&["claim", "verify", &claim, "--challenge"], &of_claim[..]].concat(), dir));
    let token = told["token"].as_str().unwrap().to_owned();
    let resolver = TestResolver::start();
    resolver.answers(move |asked| {
        vec![Sent::Own(answer(asked, Rcode::NOERROR, |answer| txt(answer, &asked.name, &[&token])))]
    });
    let address = resolver.address.to_string();
    let asking = ["claim", "verify", &claim, "--resolver", &address, "--resolver-timeout", "30"];
    let done = sayso(&[&asking[..], &of_claim].concat(), dir);
    assert!(done.status.success(), "{done:?}");
}

/// That there is a receipt for each sample that was taken out, and that whoever has the builder's key needs nothing else.
fn receipts_hold(dir: &Path, theirs: &[Value], number: u64) {
    let key = text(&sayso(&["key", "show", "--key", "builder.key"], dir)).trim().to_owned();
    let away = tempfile::tempdir().unwrap();
    fs::copy(dir.join("receipts.jsonl"), away.path().join("receipts.jsonl")).unwrap();
    for line in fs::read_to_string(dir.join("receipts.jsonl")).unwrap().lines() {
        assert!(line.len() <= 4096, "{}", line.len());
    }
    let verify = |more: &[&str]| sayso(&[&["verify", "receipts.jsonl", "--json"], more].concat(), away.path());
    let held = json(&verify(&["--key", &key]));
    let verdicts = held["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), theirs.len(), "{held}");
    let is_because = |verdict: &Value| verdict.to_string().contains(&format!(":{number}"));
    assert!(verdicts.iter().all(|verdict| verdict["holds"] == true && is_because(verdict)), "{held}");
    for sample in theirs {
        let (url, caption) = (sample["url"].as_str().unwrap(), sample["caption"].as_str().unwrap());
        assert_eq!(verify(&["--key", &key, "--url", url, "--caption", caption]).status.code(), Some(0));
    }
    let other = verify(&["--key", &key, "--url", "https://elsewhere.example/a.png", "--caption", "another"]);
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    // Made once more they say the same, and for one sample alone.
    let uid = theirs[0]["uid"].as_str().unwrap();
    let again = ["receipt", "demo/dataset", "--registry", "r", "--key", "builder.key", "--uid", uid];
    let again = text(&sayso(&again, dir));
    assert_eq!(again.lines().count(), 1);
    assert!(fs::read_to_string(dir.join("receipts.jsonl")).unwrap().contains(&again), "{again}");
    // Of another sample it says nothing.
    let forged = again.replace(uid, &uid.chars().rev().collect::<String>());
    fs::write(away.path().join("forged"), forged).unwrap();
    assert_eq!(sayso(&["verify", "forged", "--key", &key], away.path()).status.code(), Some(1));
}

/// A table of pictures at two sites, one of which both show.
fn imported(dir: &Path) {
    let table = "url,text\n\
        https://ana.example/art/1.jpg,a boat at dawn\n\
        https://ana.example/art/2.jpg,a boat at noon\n\
        https://ana.example/other/3.jpg,a hill\n\
        https://bob.example/1.jpg,a boat at dawn\n\
        https://sub.ana.example/4.jpg,a boat below\n\
        https://notana.example/5.jpg,not hers\n";
    fs::write(dir.join("t.csv"), table).unwrap();
    let made = sayso(&["import", "t.csv", "-o", "set"], dir);
    assert!(made.status.success(), "{made:?}");
}

#[test]
fn each_kind_of_subject_takes_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir);
    for (subject, gone) in [
        ("url:https://ana.example/art/1.jpg", &["https://ana.example/art/1.jpg"][..]),
        ("prefix:https://ana.example/art/", &["https://ana.example/art/1.jpg", "https://ana.example/art/2.jpg"]),
        ("domain:sub.ana.example", &["https://sub.ana.example/4.jpg"]),
        (
            "domain:ana.example",
            &[
                "https://ana.example/art/1.jpg",
                "https://ana.example/art/2.jpg",
                "https://ana.example/other/3.jpg",
                "https://sub.ana.example/4.jpg",
            ],
        ),
    ] {
        let number = claim(dir, subject, "train-ai=n").to_string();
        let shown = json(&takedown(dir, "set", &["--claim", &number, "--dry-run", "--json"]));
        let taken = shown["datasets"][0]["taken"].as_array().unwrap().clone();
        assert_eq!(of(&taken, "url"), gone.iter().copied().collect(), "{subject}");
    }
    // More claims than are asked for one by one: the samples are gone through, and it comes to the same.
    let many: String = (0..100).map(|number| format!("domain:d{number}.example,train-ai=n\n")).collect();
    fs::write(dir.join("many.csv"), format!("subject,preference\n{many}")).unwrap();
    assert!(sayso(&["claim", "import", "many.csv", "--registry", "r"], dir).status.success());
    let taken = json(&takedown(dir, "set", &["--json"]))["datasets"][0]["taken"].as_array().unwrap().clone();
    assert_eq!(taken.len(), 4);
    // What Bob shows is Bob's, though it is called the same.
    assert_eq!(of(&hits(dir, "set", "boat"), "url"), BTreeSet::from(["https://bob.example/1.jpg"]));
    // With another caption it does not come back either.
    fs::write(
        dir.join("u.csv"),
        "url,text\nhttps://ana.example/art/1.jpg,another caption\nhttps://bob.example/1.jpg,x\n",
    )
    .unwrap();
    assert!(sayso(&["import", "u.csv", "-o", "again", "--tombstones", "set"], dir).status.success());
    assert_eq!(of(&hits(dir, "again", "-nothing"), "url"), BTreeSet::from(["https://bob.example/1.jpg"]));
    // Everything can go.
    claim(dir, "domain:bob.example", "train-ai=n");
    claim(dir, "domain:notana.example", "train-ai=n");
    assert!(takedown(dir, "set", &[]).status.success());
    assert!(sayso(&["purge", "set"], dir).status.success());
    assert!(hits(dir, "set", "-nothing").is_empty());
    assert_eq!(holding(&dir.join("set"), "boat"), Vec::<PathBuf>::new());
}

#[test]
fn a_server_that_was_not_asked_meanwhile_does_not_show_the_last_state() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir);
    claim(dir, "domain:ana.example", "train-ai=n");
    let (site, _running) = serve(dir, "set");
    assert!(takedown(dir, "set", &[]).status.success());
    assert!(sayso(&["purge", "set"], dir).status.success());
    // As it is while the indexes of the newest shards are on their way.
    fs::rename(dir.join("set/index/text"), dir.join("aside")).unwrap();
    for path in ["/api/v1/search?q=site:ana.example", "/api/v1/search?q=noon"] {
        assert_eq!(get(&format!("{site}{path}")).1["total"], 0, "{path}");
    }
    assert_eq!(get(&format!("{site}/api/v1/datasets")).1["datasets"][0]["samples"], 2);
    fs::rename(dir.join("aside"), dir.join("set/index/text")).unwrap();
    assert_eq!(get(&format!("{site}/api/v1/search?q=boat")).1["total"], 1);
}

#[test]
fn copies_within_the_distance_of_a_claim_go_and_are_shown_before() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    demo(dir);
    let samples = hits(dir, "demo/dataset", "site:thornwick.example");
    let with_hash = |sample: &&Value| sample["pdq"].is_string() && sample["sha256"].is_string();
    let first = samples.iter().find(with_hash).unwrap_or_else(|| panic!("{samples:?}"));
    let (hash, url) = (first["pdq"].as_str().unwrap(), first["url"].as_str().unwrap());
    // A picture that differs in some bits is a copy within the distance, and none beyond it.
    let near = format!("{}{:x}{}", &hash[..20], u8::from_str_radix(&hash[20..21], 16).unwrap() ^ 7, &hash[21..]);
    let narrow = claim(dir, &format!("pdq:{near}/2"), "train-ai=n").to_string();
    assert_eq!(takedown(dir, "demo/dataset", &["--claim", &narrow]).status.code(), Some(1));
    let wide = claim(dir, &format!("pdq:{near}/3"), "train-ai=n").to_string();
    let shown = takedown(dir, "demo/dataset", &["--claim", &wide, "--dry-run"]);
    assert!(shown.status.success() && text(&shown).contains("(3 bits away)"), "{shown:?}");
    let taken = json(&takedown(dir, "demo/dataset", &["--claim", &wide, "--json"]))["datasets"][0].clone();
    let same_picture = samples.iter().filter(|sample| sample["pdq"] == first["pdq"]).count();
    assert_eq!(taken["taken"].as_array().unwrap().len(), same_picture, "{taken}");
    assert!(taken["taken"].as_array().unwrap().iter().all(|taken| taken["url"] == url && taken["distance"] == 3));
    // Because of one claim alone: the others are still to be gone through.
    let digest = samples.iter().filter(with_hash).find(|sample| sample["pdq"] != first["pdq"]).unwrap();
    claim(dir, &format!("sha256:{}", digest["sha256"].as_str().unwrap()), "train-ai=n");
    let rest = json(&takedown(dir, "demo/dataset", &["--json"]))["datasets"][0].clone();
    assert_eq!(
        (rest["claims"].as_u64(), rest["taken"][0]["url"].as_str()),
        (Some(3), digest["url"].as_str()),
        "{rest}"
    );
    assert_eq!(takedown(dir, "demo/dataset", &["--all"]).status.code(), Some(1));
}

/// The uids of all samples, and whether everything opens.
fn state(dir: &Path, dataset: &str) -> BTreeSet<String> {
    let found = sayso(&["search", "-n", "200", "--json", "--", dataset, "-nothing"], dir);
    assert!(matches!(found.status.code(), Some(0 | 1)), "{found:?}");
    json(&found)["hits"].as_array().unwrap().iter().map(|hit| hit["uid"].as_str().unwrap().to_owned()).collect()
}

fn copied(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let place = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }
}

/// Cuts the power at every step of a command, each time from the start. `check` looks at what is left, and is told whether the
/// command had said that it was done.
#[cfg(feature = "failpoints")]
fn at_every_step(dir: &Path, command: &[&str], check: &dyn Fn(&Path, bool)) {
    for step in 1.. {
        let place = dir.join(format!("step{step}"));
        copied(&dir.join("start"), &place);
        let mut crashing = Command::new(env!("CARGO_BIN_EXE_sayso"));
        let output =
            crashing.args(command).env("SAYSO_CRASH_AT", step.to_string()).current_dir(&place).output().unwrap();
        let is_done = output.status.success();
        assert!(is_done || said(&output).contains("crashed at"), "{output:?}");
        check(&place, is_done);
        fs::remove_dir_all(&place).unwrap();
        if is_done {
            assert!(step > 3, "there were steps to crash at");
            return;
        }
    }
}

#[cfg(feature = "failpoints")]
#[test]
fn a_power_cut_leaves_the_old_state_or_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let start = dir.join("start");
    fs::create_dir(&start).unwrap();
    imported(&start);
    claim(&start, "domain:ana.example", "train-ai=n");
    let before = state(&start, "set");
    assert_eq!(before.len(), 6);
    at_every_step(dir, &["takedown", "set", "--registry", "r"], &|place, is_done| {
        let after = state(place, "set");
        assert!(after.len() == 2 || (after == before && !is_done), "{after:?}");
        // Whoever does it once more comes to the end.
        let again = takedown(place, "set", &[]);
        assert!(matches!(again.status.code(), Some(0 | 1)), "{again:?}");
        assert_eq!(state(place, "set").len(), 2);
    });

    // The same of a purge: what was taken out stays out at every step, and in the end from disk.
    let taken = takedown(&start, "set", &[]);
    assert!(taken.status.success(), "{taken:?}");
    let left = state(&start, "set");
    at_every_step(dir, &["purge", "set"], &|place, is_done| {
        if !is_done {
            // Between its snapshot and its indexes a dataset says that it is to be indexed, and shows nothing.
            let found = sayso(&["search", "--json", "--", "set", "-nothing"], place);
            if found.status.code() == Some(2) {
                assert!(said(&found).contains("index") && said(&found).contains("hint: "), "{found:?}");
            } else {
                assert_eq!(state(place, "set"), left);
            }
            let again = sayso(&["purge", "set"], place);
            assert!(again.status.success(), "{again:?}");
        }
        assert_eq!(state(place, "set"), left);
        for text in ["https://ana.example", "a boat at noon", "a boat below"] {
            assert_eq!(holding(&place.join("set"), text), Vec::<PathBuf>::new(), "{text}");
        }
    });
}

#[test]
fn killed_at_any_time_nothing_is_lost_that_was_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir);
    let mut known = 0;
    for (round, host) in ["sub.ana", "bob", "notana", "ana"].into_iter().enumerate() {
        claim(dir, &format!("domain:{host}.example"), "train-ai=n");
        let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(["takedown", "set", "--registry", "r"])
            .current_dir(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(4 * round as u64));
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        let left = state(dir, "set").len();
        if text(&output).contains("taken out") {
            known += 1;
        }
        assert!(left <= 6 - known, "{left} left, though {known} were told of");
        let _ = takedown(dir, "set", &[]);
        known = known.max(round + 1);
        assert!(state(dir, "set").len() <= 6 - known);
    }
    assert!(state(dir, "set").is_empty());
}

#[test]
fn a_full_disk_and_a_second_writer_are_told_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    imported(dir);
    claim(dir, "domain:ana.example", "train-ai=n");
    let before = state(dir, "set");
    // No file may become longer than nothing: as if the disk were full.
    let program = env!("CARGO_BIN_EXE_sayso");
    for command in ["takedown set --registry r", "purge set"] {
        let full = format!("trap '' XFSZ; ulimit -f 0; exec {program} {command}");
        let output = Command::new("bash").args(["-c", &full]).current_dir(dir).output().unwrap();
        // There is nothing to purge yet.
        let expected = if command.starts_with("takedown") { 2 } else { 0 };
        assert_eq!(output.status.code(), Some(expected), "{output:?}");
        assert_eq!(state(dir, "set"), before, "{command}");
    }
    // Somebody else is at work there.
    let lock = fs::create_dir_all(dir.join("set/.build")).and_then(|()| fs::File::create(dir.join("set/.build/lock")));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    for command in [&["takedown", "set", "--registry", "r"][..], &["purge", "set"]] {
        let output = sayso(command, dir);
        assert_eq!((output.status.code(), said(&output).contains("at work there")), (Some(2), true), "{output:?}");
    }
    drop(lock);
    assert!(takedown(dir, "set", &[]).status.success());
    // A tombstone that speaks of rows that are not there is damage, and is said.
    let stone = fs::read_dir(dir.join("set/tombstones")).unwrap().next().unwrap().unwrap().path();
    fs::write(&stone, b"PAR1").unwrap();
    let damaged = sayso(&["search", "set", "boat"], dir);
    assert_eq!(damaged.status.code(), Some(2), "{damaged:?}");
}
