//! Deletions on the log, and the receipts of those whose things are gone.
#![allow(clippy::unwrap_used, reason = "tests")]

use sayso_core::{Sha256, Timestamp};
use sayso_registry::deletion::{Content, ContentKind, Contents, DeletionFault, DeletionReceipt, verify_deletion};
use sayso_registry::entry::{Deletion, DeletionCause, Entry, Event};
use sayso_registry::log::{KeyKind, SigningKey};
use sayso_registry::store::Identity;
use sayso_registry::store::sqlite::SqliteStore;
use sayso_registry::{Clerk, Registry, RegistryError, SystemRandomness};

fn key(seed: u8) -> SigningKey {
    SigningKey::new("registry.example/claims", KeyKind::Ed25519, &[seed; 32]).unwrap()
}

fn registry(folder: &std::path::Path, key: &SigningKey) -> Registry {
    let path = folder.join("registry.sqlite");
    let store = SqliteStore::create(&path, &Identity { key: key.public() }, std::time::Duration::ZERO).unwrap();
    let mut randomness = SystemRandomness;
    let mut clerk = Clerk { key, now: Timestamp::from_micros(0), randomness: &mut randomness };
    Registry::create(Box::new(store), &mut clerk).unwrap()
}

fn contents() -> Contents {
    let content = |kind, byte| Content { kind, sha256: Sha256([byte; 32]), bytes: u64::from(byte) };
    Contents::new(vec![
        content(ContentKind::Picture, 3),
        content(ContentKind::Upload, 2),
        content(ContentKind::Upload, 1),
    ])
}

/// An entry as the first version wrote it. Logs have it: it is never changed.
const FIRST: &str = r#"{"version":2,"at":"1970-01-01T00:01:02Z","event":"deleted","files":12,"made_at":"1970-01-01T00:00:01Z","deleted_at":"1970-01-01T00:01:01Z","cause":"asked","contents":"87c33e8aeeac615402455ab3b724376f23fd30751dd41ddfa0b4f5bd79019788"}"#;

#[test]
fn a_deletion_is_an_entry_that_whoever_brought_the_files_can_open() {
    let dir = tempfile::tempdir().unwrap();
    let (key, other) = (key(7), key(8));
    let mut registry = registry(dir.path(), &key);
    let (salt, contents) = ([9; 32], contents());
    let deletion = Deletion {
        files: 12,
        made_at: Timestamp::from_micros(1_000_000),
        deleted_at: Timestamp::from_micros(61_000_000),
        cause: DeletionCause::Asked,
        contents: contents.commitment(&salt),
    };
    let mut randomness = SystemRandomness;
    let mut clerk = Clerk { key: &key, now: Timestamp::from_micros(62_000_000), randomness: &mut randomness };
    let number = registry.write_deletion(deletion, &mut clerk).unwrap();
    assert_eq!(registry.deletions_since(0).unwrap().found, [(number, deletion)]);
    assert!(registry.deletions_since(number + 1).unwrap().found.is_empty());
    // It is no claim, and the registry's own audit knows it.
    assert!(matches!(registry.claim(sayso_registry::claim::ClaimId(number)), Err(RegistryError::NoSuchClaim { .. })));
    let audit = registry.audit().unwrap();
    assert!(audit.faults.is_empty() && audit.claims == 0, "{audit:?}");

    let proof = registry.prove(number).unwrap();
    // Programs that know claims alone read what came before it, and say of it that they are too old.
    assert_eq!(proof.entry, FIRST, "what is on logs stays readable");
    let read = Entry::read(proof.entry.as_bytes()).unwrap();
    assert_eq!((read.claim(), read.event), (None, Event::Deleted(deletion)));
    for secret in contents.all() {
        assert!(!proof.entry.contains(&secret.sha256.to_string()));
    }

    let mut receipt = DeletionReceipt { salt, contents: contents.clone(), proof: None };
    let keys = [key.public()];
    assert_eq!(verify_deletion(receipt.to_string().as_bytes(), &keys), Err(DeletionFault::NotYet));
    receipt.proof = Some(proof);
    let text = receipt.to_string();
    assert!(DeletionReceipt::is_begun_by(&text.as_bytes()[..64]));
    assert_eq!(DeletionReceipt::read(text.as_bytes()).unwrap(), receipt);
    let verified = verify_deletion(text.as_bytes(), &keys).unwrap();
    assert_eq!((verified.number, verified.deletion, &verified.contents), (number, deletion, &contents));

    // Whoever changes a word of it is found out.
    let fault = |text: &str| verify_deletion(text.as_bytes(), &keys).unwrap_err().code();
    assert_eq!(fault(&text.replace("upload 01", "upload 11")), "commitment");
    assert_eq!(fault(&text.replace("\\\"files\\\":12", "\\\"files\\\":11")), "log");
    assert_eq!(fault(&text.replace("\"version\": 1", "\"version\": 7")), "from-the-future");
    let else_ = DeletionReceipt { contents: Contents::new(vec![]), ..receipt };
    assert_eq!(fault(&else_.to_string()), "other-contents");
    assert_eq!(verify_deletion(text.as_bytes(), &[]).unwrap_err().code(), "no-key");
    assert_eq!(verify_deletion(text.as_bytes(), &[other.public()]).unwrap_err().code(), "checkpoint");
    assert_eq!(fault("{}"), "not-a-receipt");
    assert_eq!(fault("{"), "malformed");
}

/// A case of a receipt that holds, or of a way in which one does not.
struct Case {
    name: &'static str,
    fault: Option<&'static str>,
    receipt: String,
}

/// A log of seven deletions, and receipts of the fifth.
fn cases() -> Vec<Case> {
    let dir = tempfile::tempdir().unwrap();
    let key = key(7);
    let mut registry = registry(dir.path(), &key);
    let (salt, contents) = ([9; 32], contents());
    let mut write = |number: u8, commitment| {
        let at = |second: i64| Timestamp::from_micros((i64::from(number) * 100 + second) * 1_000_000);
        let cause = DeletionCause::Asked;
        let deletion = Deletion { files: 12, made_at: at(1), deleted_at: at(61), cause, contents: commitment };
        let mut randomness = SystemRandomness;
        let mut clerk = Clerk { key: &key, now: at(62), randomness: &mut randomness };
        registry.write_deletion(deletion, &mut clerk).unwrap();
    };
    for number in 0..7 {
        write(number, if number == 4 { contents.commitment(&salt) } else { contents.commitment(&[number; 32]) });
    }
    let (ours, others) = (registry.prove(4).unwrap(), registry.prove(5).unwrap());
    let before = DeletionReceipt { salt, contents: contents.clone(), proof: None };
    let good = DeletionReceipt { proof: Some(ours.clone()), ..before.clone() };
    let text = good.to_string();
    let with = |change: &dyn Fn(&mut sayso_registry::Proof)| {
        let mut proof = ours.clone();
        change(&mut proof);
        DeletionReceipt { proof: Some(proof), ..before.clone() }.to_string()
    };
    let case = |name, fault, receipt| Case { name, fault, receipt };
    let forged = turned(&ours.checkpoint);
    vec![
        case("it holds", None, text.clone()),
        case("fetched before the deletion", Some("not-yet"), before.to_string()),
        case("another file", Some("commitment"), text.replace("upload 01", "upload 11")),
        case("another size", Some("commitment"), text.replace(" 3\"", " 4\"")),
        case("a line that is none", Some("malformed"), text.replace("upload 01", "portrait 01")),
        case("a size with a zero before it", Some("malformed"), text.replace(" 3\"", " 03\"")),
        case("a field that nobody knows", Some("malformed"), text.replace("\"salt\"", "\"pepper\": 1, \"salt\"")),
        case("no salt", Some("malformed"), text.replace("\"salt\"", "\"pepper\"")),
        case("half of it", Some("malformed"), text[..text.len() / 2].to_owned()),
        case("something else", Some("not-a-receipt"), "{}".to_owned()),
        case("a later version", Some("from-the-future"), text.replace("\"version\": 1", "\"version\": 2")),
        case("no version", Some("not-a-receipt"), text.replace("\"version\": 1,", "")),
        case("the entry of somebody else", Some("other-contents"), with(&|proof| *proof = others.clone())),
        case("the number of somebody else", Some("log"), with(&|proof| proof.inclusion.number = 5)),
        case("fewer files", Some("log"), with(&|proof| proof.entry = proof.entry.replace(":12,", ":11,"))),
        case("a path cut short", Some("log"), with(&|proof| proof.inclusion.path.truncate(1))),
        case("a path of another tree", Some("log"), with(&|proof| proof.inclusion = others.inclusion.clone())),
        case("an entry that is no deletion", Some("entry"), with(&|proof| proof.entry = "{\"version\":2}".to_owned())),
        case("a checkpoint that nobody signed", Some("checkpoint"), with(&|proof| proof.checkpoint = forged.clone())),
        case("no checkpoint", Some("checkpoint"), with(&|proof| proof.checkpoint = String::new())),
        case(
            "a longer log",
            Some("log"),
            with(&|proof| proof.checkpoint = proof.checkpoint.replacen("\n7\n", "\n8\n", 1)),
        ),
    ]
}

/// A note whose signature is another one.
fn turned(note: &str) -> String {
    let at = note.len() - 10;
    let other = if note[at..].starts_with('A') { "B" } else { "A" };
    format!("{}{other}{}", &note[..at], &note[at + 1..])
}

fn fixture() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/deletion-v1-cases.jsonl")
}

fn written() -> String {
    let mut text = format!("{}\n", serde_json::json!({ "registry": key(7).public().to_string() }));
    for Case { name, fault, receipt } in cases() {
        text += &serde_json::json!({ "case": name, "fault": fault, "receipt": receipt }).to_string();
        text.push('\n');
    }
    text
}

#[test]
fn receipts_of_deletion_of_version_1_are_what_they_were() {
    let frozen = std::fs::read_to_string(fixture()).unwrap();
    let lines: Vec<serde_json::Value> = frozen.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys = [lines[0]["registry"].as_str().unwrap().parse().unwrap()];
    for case in &lines[1..] {
        let verified = verify_deletion(case["receipt"].as_str().unwrap().as_bytes(), &keys);
        let fault = verified.err().map(|fault| fault.code());
        assert_eq!(fault, case["fault"].as_str(), "{}", case["case"]);
    }
    // The same is written today, byte for byte.
    assert_eq!(written(), frozen);
}

#[test]
#[ignore = "writes the fixtures of a new version; a released one is never written again"]
fn writes_the_fixtures() {
    std::fs::write(fixture(), written()).unwrap();
}
