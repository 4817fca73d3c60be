//! `sayso claim` and `sayso registry` through the front door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{json, said, sayso, text};

const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

fn claim(arguments: &[&str], dir: &Path) -> Output {
    let mut all = vec!["claim"];
    all.extend(arguments);
    all.extend(["--registry", "r"]);
    sayso(&all, dir)
}

fn registry(arguments: &[&str], dir: &Path) -> Output {
    let mut all = vec!["registry"];
    all.extend(arguments);
    all.extend(["--registry", "r"]);
    sayso(&all, dir)
}

#[test]
fn a_claim_goes_its_way() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let missing = claim(&["list"], dir);
    assert_eq!((missing.status.code(), said(&missing).contains("is no registry\nhint: ")), (Some(2), true));
    let refused = claim(&["add", "--subject", "domain:com", "--preference", "train-ai=n"], dir);
    assert_eq!((refused.status.code(), said(&refused).contains("(public-suffix)")), (Some(2), true), "{refused:?}");
    let late =
        claim(&["add", "--subject", "domain:a.example", "--preference", "search=n", "--since", "2999-01-01"], dir);
    assert!(said(&late).contains("(since-in-future)"), "{late:?}");
    assert!(!dir.join("r").exists(), "nothing is made where nothing is claimed");

    let url = "url:https://example.org/Ana's pictures/1.jpg";
    let arguments = ["add", "--subject", "domain:example.org", "--subject", url, "--preference", "train-ai=n,search=y"];
    let added = claim(&[&arguments[..], &["--claimant", "mailto:ana@example.org", "--json"]].concat(), dir);
    let document = json(&added);
    assert_eq!(document["claims"][1]["subject"], "url:https://example.org/Ana's%20pictures/1.jpg");
    assert_eq!(
        document["claims"][0]["preferences"],
        serde_json::json!({"search": "allowed", "train-ai": "disallowed"})
    );
    assert_eq!(dir.join("r/registry.key").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let again = claim(&[&arguments[..], &["--claimant", "mailto:ana@example.org"]].concat(), dir);
    assert!(text(&again).contains("(it stood already)"), "{again:?}");

    for (step, state) in [("contest", "contested"), ("uphold", "asserted"), ("revoke", "revoked")] {
        let taken = json(&claim(&[step, "1", "--reason", "because", "--json"], dir));
        assert_eq!(taken["state"], state, "{step}");
    }
    let twice = claim(&["revoke", "1"], dir);
    assert_eq!((twice.status.code(), said(&twice).contains("it is revoked")), (Some(2), true));
    assert!(said(&claim(&["show", "77"], dir)).contains("there is no claim 77"));
    let listed = json(&claim(&["list", "--state", "asserted", "--json"], dir));
    assert_eq!(listed["claims"].as_array().unwrap().len(), 1);
    assert_eq!(claim(&["list", "--state", "verified"], dir).status.code(), Some(1));
    let shown = json(&claim(&["show", "1", "--json"], dir));
    assert_eq!(shown["steps"].as_array().unwrap().len(), 4);
    assert_eq!(shown["steps"][1]["openings"]["reason"]["value"], "because");

    // What the log has, and what it has not.
    let proof = registry(&["proof", "1"], dir);
    assert!(!text(&proof).contains("ana@") && !text(&proof).contains("pictures"));
    assert_eq!(json(&proof)["inclusion"]["size"], 5);
    assert_eq!(json(&registry(&["consistency", "2"], dir))["old_size"], 2);
    assert_eq!(registry(&["proof", "5"], dir).status.code(), Some(2));
    std::fs::write(dir.join("kept"), &registry(&["head"], dir).stdout).unwrap();
    let erased = json(&claim(&["erase", "1", "--with-subject", "--json"], dir));
    assert_eq!(erased, serde_json::json!({"claims": 1, "values": 5}));
    assert_eq!(registry(&["proof", "1"], dir).stdout, proof.stdout);
    let audit = registry(&["audit", "--against", "kept", "--json"], dir);
    assert_eq!((audit.status.code(), &json(&audit)["erased"]), (Some(0), &5.into()), "{audit:?}");
    let exported = text(&claim(&["export"], dir));
    let rows: Vec<serde_json::Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (rows.len(), &rows[1]["subject"], &rows[2]["subject"]),
        (3, &"domain:example.org".into(), &serde_json::Value::Null)
    );
    assert!(!exported.contains("ana@"));
    let tiles = registry(&["tiles", "served"], dir);
    assert!(tiles.status.success() && dir.join("served/tile/entries/000.p/5").exists());
    assert_eq!(std::fs::read(dir.join("served/checkpoint")).unwrap(), std::fs::read(dir.join("kept")).unwrap());

    // Somebody changes an entry behind the log's back.
    let file = dir.join("r/registry.sqlite");
    let bytes = std::fs::read(&file).unwrap();
    let at = bytes.windows(9).position(|window| window == b"asserted\"").unwrap();
    let mut changed = bytes;
    changed[at..at + 8].copy_from_slice(b"upserted");
    std::fs::write(&file, changed).unwrap();
    let audit = registry(&["audit"], dir);
    assert_eq!(
        (audit.status.code(), text(&audit).contains("not those that were signed")),
        (Some(1), true),
        "{audit:?}"
    );
}

#[test]
fn challenges_say_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    for subject in ["domain:example.org", "account:deviantart.com/ana", &format!("sha256:{HASH}")] {
        assert!(claim(&["add", "--subject", subject, "--preference", "train-ai=n"], dir).status.success());
    }
    let told = text(&claim(&["verify", "0", "--challenge"], dir));
    assert!(told.contains("https://example.org/.well-known/sayso-claim\nsayso-claim="), "{told}");
    assert!(text(&claim(&["verify", "1", "--challenge"], dir)).contains("profile page"));
    let keyless = claim(&["verify", "2", "--challenge"], dir);
    assert_eq!((keyless.status.code(), said(&keyless).contains("its claimant is no key")), (Some(2), true));
    let token = told.lines().last().unwrap();
    let file = std::fs::read(dir.join("r/registry.sqlite")).unwrap();
    let digits = token.strip_prefix("sayso-claim=").unwrap();
    assert!(!file.windows(32).any(|window| window == digits.as_bytes()), "of tokens a hash is kept");
}

fn picture(path: &Path, seed: u32) {
    let pixel = |x: u32, y: u32| {
        let wave =
            (f64::from(x * seed) / 31.0).sin() + (f64::from(y * (seed + 3)) / 47.0).cos() + f64::from(x * y) / 9e3;
        image::Luma([((wave.sin() + 1.0) * 127.0) as u8])
    };
    image::GrayImage::from_fn(160, 120, pixel).save(path).unwrap();
}

#[test]
fn a_portfolio_is_claimed_by_its_hashes_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let folder = dir.join("portfolio");
    std::fs::create_dir(&folder).unwrap();
    picture(&folder.join("a.png"), 5);
    picture(&folder.join("b.png"), 11);
    image::GrayImage::from_pixel(64, 64, image::Luma([9])).save(folder.join("plain.png")).unwrap();
    std::fs::write(folder.join("broken.png"), b"\x89PNG\r\n\x1a\nnothing").unwrap();
    let imported = claim(&["import", "portfolio", "--preference", "train-genai=n", "--json"], dir);
    let report = json(&imported);
    assert_eq!(
        (imported.status.code(), &report["made"], &report["too_plain"]),
        (Some(3), &5.into(), &1.into()),
        "{report}"
    );
    let again = json(&claim(&["import", "portfolio", "--preference", "train-genai=n", "--json"], dir));
    assert_eq!((&again["made"], &again["known"]), (&0.into(), &5.into()));

    // A copy in another format is found by what it looks like, another picture is not.
    let mine = dir.join("mine");
    std::fs::create_dir(&mine).unwrap();
    image::open(folder.join("a.png"))
        .unwrap()
        .resize(100, 75, image::imageops::Triangle)
        .save(mine.join("copy.jpg"))
        .unwrap();
    picture(&mine.join("other.png"), 29);
    std::fs::copy(folder.join("plain.png"), mine.join("plain.png")).unwrap();
    let checked = sayso(&["check", "mine", "--registry", "r", "--json"], dir);
    let report = json(&checked);
    let head = json(&registry(&["head", "--json"], dir))["head"].clone();
    assert_eq!((checked.status.code(), &report["registry_head"]), (Some(1), &head));
    let code = |number: usize| report["pictures"][number]["reasons"][0]["code"].as_str().unwrap();
    assert_eq!([code(0), code(1), code(2)], ["claim-reserved", "no-statement", "claim-reserved"], "{report}");
    assert_eq!(report["pictures"][0]["reasons"][0]["evidence"]["place"]["in"], "registry");
    let without = json(&sayso(&["check", "mine", "--json"], dir));
    assert_eq!((&without["refused"], without.get("registry_head")), (&0.into(), None));
}

#[test]
fn tables_are_claimed_and_bad_rows_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let table = format!(
        "Subject,preference,terms,claimant,since\n\
         domain:example.org,train-ai=n,,,2024-05-01\n\
         domain:com,train-ai=n,,,\n\
         *,train-ai=n,,,\n\
         pdq:{HASH}/256,,,,\n\
         \"url:https://example.org/a,b.jpg\",,,someone,\n\
         domain:example.net,train-ai=perhaps,,,\n\
         domain:example.net,train-ai=terms,,,\n\
         domain:example.net,train-ai=terms,https://example.net/terms,,\n\
         domain:example.com,,,,yesterday\n\
         short,row\n\
         domain:example.com,,,,2999-01-01\n"
    );
    std::fs::write(dir.join("claims.csv"), table).unwrap();
    let imported = claim(&["import", "claims.csv", "--preference", "search=n", "--claimant", "ana", "--json"], dir);
    let report = json(&imported);
    let rejected = serde_json::json!({
        "broken-row": 1, "malformed": 1, "pdq-too-wide": 1, "public-suffix": 1, "since": 1, "since-in-future": 1,
        "terms-without-use": 1, "wildcard": 1,
    });
    assert_eq!((imported.status.code(), &report["made"], &report["rejected"]), (Some(3), &3.into(), &rejected));
    assert_eq!(report["examples"][0]["place"], "claims.csv row 3");
    let nothing = claim(&["import", "missing.csv"], dir);
    assert_eq!((nothing.status.code(), said(&nothing).contains("is not there")), (Some(2), true));
    std::fs::write(dir.join("other.csv"), "a,b\n1,2\n").unwrap();
    assert!(said(&claim(&["import", "other.csv"], dir)).contains("names no column `subject`"));

    let found = claim(
        &["check", "http://www.example.org/a,b.jpg?x", "https://example.org/a,b.jpg", "https://a.example/", "--json"],
        dir,
    );
    let document = json(&found);
    let claims = |number: usize| -> Vec<u64> {
        document["urls"][number]["claims"].as_array().unwrap().iter().map(|it| it["claim"].as_u64().unwrap()).collect()
    };
    assert_eq!([claims(0), claims(1), claims(2)], [vec![0], vec![0, 1], vec![]]);
    assert_eq!(claim(&["check", "https://a.example/"], dir).status.code(), Some(1));
}

#[test]
fn a_dataset_is_judged_against_a_registry_and_says_which() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let rows =
        ["https://a.example/1.jpg", "https://b.example/1.jpg", "https://c.example/x/1.jpg", "https://d.example/1.jpg"];
    let table: String = rows.iter().map(|url| format!("{url},a caption of it\n")).collect();
    std::fs::write(dir.join("pairs.csv"), format!("url,caption\n{table}")).unwrap();
    assert!(sayso(&["import", "pairs.csv", "-o", "ds", "--policy", "opt-out"], dir).status.success());
    for (subject, wish) in [
        ("domain:a.example", "train-genai=n"),
        ("url:https://b.example/1.jpg", "train-genai=y"),
        ("prefix:https://c.example/x/", "data-mining=n"),
        ("domain:d.example", "train-genai=n"),
    ] {
        assert!(claim(&["add", "--subject", subject, "--preference", wish], dir).status.success());
    }
    assert!(claim(&["contest", "3"], dir).status.success());
    let judged = json(&sayso(&["judge", "ds", "--registry", "r", "--dry-run", "--json"], dir));
    let head = json(&registry(&["head", "--json"], dir))["head"].clone();
    assert_eq!((&judged["refused"], &judged["registry_head"]), (&2.into(), &head), "{judged}");
    assert_eq!(judged["refused_by_reason"], serde_json::json!({"claim-reserved": 2}));
    let judged = json(&sayso(&["judge", "ds", "--registry", "r", "--json"], dir));
    assert_eq!((&judged["samples"], &judged["snapshot"]), (&2.into(), &2.into()));
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.join("ds/manifest-000002.json")).unwrap()).unwrap();
    assert_eq!(manifest["registry_head"], head);
    // Who only says yes grants nothing to those who want a grant; what is contested is unknown.
    let strict = json(&sayso(&["judge", "ds", "--registry", "r", "--policy", "strict", "--dry-run", "--json"], dir));
    assert_eq!(strict["refused_by_reason"], serde_json::json!({"claim-contested": 1, "no-statement": 1}), "{strict}");
    // Against the same head nothing changes; without one, what was judged stands; a claim that is gone counts no more.
    assert_eq!(json(&sayso(&["judge", "ds", "--registry", "r", "--json"], dir))["snapshot"], 2);
    assert_eq!(json(&sayso(&["judge", "ds", "--json"], dir))["snapshot"], 2);
    assert!(claim(&["uphold", "3"], dir).status.success());
    let judged = json(&sayso(&["judge", "ds", "--registry", "r", "--json"], dir));
    assert_eq!((&judged["samples"], &judged["snapshot"]), (&1.into(), &3.into()));
    let shown = json(&sayso(&["search", "ds", "caption", "--json"], dir));
    assert!(shown.to_string().contains("claim-grant-unproven"), "{shown}");
}

#[test]
fn builds_and_imports_count_claims() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<img src=/one.jpg alt='the first one'><img src=https://other.example/2.jpg alt='the second one'>";
    let warc = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://page.example/\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
         Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    std::fs::write(dir.join("crawl.warc"), warc).unwrap();
    std::fs::write(
        dir.join("pairs.csv"),
        "url,caption\nhttps://page.example/one.jpg,one\nhttps://other.example/2.jpg,two\n",
    )
    .unwrap();
    let add = |subject: &str| claim(&["add", "--subject", subject, "--preference", "train-genai=n"], dir);
    assert!(add("url:https://other.example/2.jpg").status.success());
    let head = json(&registry(&["head", "--json"], dir))["head"].clone();
    for (command, input) in [("build", "crawl.warc"), ("import", "pairs.csv")] {
        let made = sayso(&[command, input, "-o", command, "--policy", "opt-out", "--registry", "r", "--json"], dir);
        assert_eq!(made.status.code(), Some(0), "{made:?}");
        let manifest = std::fs::read(dir.join(command).join("manifest-000001.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(manifest["exclusions_by_reason"], serde_json::json!({"claim-reserved": 1}), "{command}");
        assert_eq!(manifest["registry_head"], head, "{command}");
    }
    // The page's owner speaks for what stands on the page, too.
    assert!(add("domain:page.example").status.success());
    let made = sayso(&["build", "crawl.warc", "-o", "again", "--registry", "r", "--json"], dir);
    assert!(made.status.success(), "{made:?}");
    let manifest = std::fs::read(dir.join("again/manifest-000001.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["exclusions_by_reason"], serde_json::json!({"claim-reserved": 2}));
}

/// What was acknowledged is there after the plug was pulled, what is there adds up, and who runs it again is done.
#[test]
fn an_import_that_is_killed_loses_nothing_that_it_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let rows: String = (0..6000).map(|n| format!("url:https://site{}.example/{n}.jpg\n", n % 37)).collect();
    std::fs::write(dir.join("claims.csv"), format!("subject\n{rows}")).unwrap();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut kills, mut is_done) = (0, false);
    for _ in 0..25 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // It is killed when it has told of so many batches, and a moment later: wherever it is then.
        let (batches, moment) = ((random >> 60) % 4, (random >> 40) % 20_000);
        let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(["claim", "import", "claims.csv", "--registry", "r", "--preference", "train-ai=n"])
            .args(["--claimant", "ana", "--batch", "250"])
            .current_dir(dir)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = 0_u64;
        let number = |line: String| line.split(' ').next().unwrap().parse().unwrap_or(0);
        for line in lines.by_ref().take(usize::try_from(batches).unwrap()) {
            told = number(line.unwrap());
        }
        std::thread::sleep(std::time::Duration::from_micros(moment));
        child.kill().unwrap();
        is_done = child.wait().unwrap().success();
        for line in lines {
            told = told.max(number(line.unwrap_or_default()));
        }
        if dir.join("r/registry.sqlite").exists() {
            let audit = registry(&["audit", "--json"], dir);
            // Killed before its first change, it is not yet one.
            if audit.status.code() != Some(2) {
                let audit = json(&audit);
                assert_eq!(audit["faults"], serde_json::json!([]));
                assert!(
                    audit["claims"].as_u64().unwrap() >= told && audit["claims"] == audit["entries"],
                    "{told}: {audit}"
                );
                assert_eq!(audit["opened"].as_u64().unwrap(), 2 * audit["claims"].as_u64().unwrap());
            } else {
                assert_eq!(told, 0, "{audit:?}");
            }
        }
        kills += u32::from(!is_done);
        if is_done {
            break;
        }
    }
    assert!(kills >= 3, "{kills}");
    let last =
        json(&claim(&["import", "claims.csv", "--preference", "train-ai=n", "--claimant", "ana", "--json"], dir));
    assert_eq!(last["made"].as_u64().unwrap() + last["known"].as_u64().unwrap(), 6000);
    let audit = json(&registry(&["audit", "--json"], dir));
    assert_eq!((&audit["claims"], &audit["faults"]), (&6000.into(), &serde_json::json!([])), "{is_done}");
}

#[test]
fn two_who_write_at_once_both_write() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let run = |n: u32| {
        let rows: String = (0..1500).map(|row| format!("url:https://site{n}.example/{row}.jpg\n")).collect();
        std::fs::write(dir.join(format!("{n}.csv")), format!("subject\n{rows}")).unwrap();
        Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args([
                "claim",
                "import",
                &format!("{n}.csv"),
                "--registry",
                "r",
                "--preference",
                "train-ai=n",
                "--batch",
                "100",
            ])
            .current_dir(dir)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    // From nothing: they make one registry with one key between them.
    for mut child in [run(1), run(2), run(3)] {
        assert!(child.wait().unwrap().success());
    }
    let audit = json(&registry(&["audit", "--json"], dir));
    assert_eq!((&audit["claims"], &audit["faults"]), (&4500.into(), &serde_json::json!([])));
}
