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
