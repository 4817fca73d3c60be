//! The embedded store: what every store does, and what can happen to a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod conformance;
mod support;

use std::path::Path;

use sayso_registry::claim::ClaimId;
use sayso_registry::log::{KeyKind, SignedNote, SigningKey, cosign};
use sayso_registry::store::Identity;
use sayso_registry::store::sqlite::SqliteStore;
use sayso_registry::{Registry, RegistryError};

use support::{Desk, WAIT, by, claim, create, key, open};

#[test]
fn it_is_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("r.sqlite");
    let opener = || -> Box<dyn sayso_registry::store::RegistryStore> {
        Box::new(SqliteStore::create(&file, &Identity { key: key().public() }, WAIT).unwrap())
    };
    conformance::conforms(&opener);
}

/// Whether a text stands in any file of a folder.
fn is_in_files(dir: &Path, text: &str) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn what_is_erased_stands_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(1);
    let mut registry = create(dir.path(), &mut desk);
    let secrets =
        ["mailto:ana.private", "deviantart.com/ana-private", "example.org/private/ana.jpg", "because of Private Ana"];
    let mut claims: Vec<_> = (0..500)
        .map(|n| {
            by(&format!("mailto:somebody{n}@example.org"), claim(&format!("url:https://example.com/{n}"), "search=n"))
        })
        .collect();
    // In the midst of others, on pages that are split, merged and freed.
    claims.insert(111, by("mailto:ana.private@example.org", claim("account:deviantart.com/ana-private", "train-ai=n")));
    claims.insert(
        333,
        by("mailto:ana.private@example.org", claim("url:https://example.org/private/ana.jpg", "train-ai=n")),
    );
    registry.assert(&claims, &mut desk.clerk()).unwrap();
    registry.revoke(ClaimId(333), Some("because of Private Ana"), &mut desk.clerk()).unwrap();
    let index = |registry: &mut Registry| registry.prove(111).unwrap();
    let before = index(&mut registry);
    for secret in secrets {
        assert!(is_in_files(dir.path(), secret), "{secret}");
    }
    registry.erase(&[ClaimId(111), ClaimId(333)], true).unwrap();
    // With the connection open: the write-ahead log is a file, too.
    for secret in secrets {
        assert!(!is_in_files(dir.path(), secret), "{secret}");
    }
    assert!(is_in_files(dir.path(), "mailto:somebody7@"));
    assert_eq!(index(&mut registry), before);
    let audit = open(dir.path()).unwrap().audit().unwrap();
    assert_eq!((audit.faults, audit.erased), (vec![], 5));
}

#[test]
fn a_file_that_is_none_of_ours_or_broken_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("r.sqlite");
    assert!(matches!(open(dir.path()), Err(RegistryError::NotARegistry { .. })));
    for other in [&b"hello"[..], &[0; 5000], b"SQLite format 3\0 and so on"] {
        std::fs::write(&file, other).unwrap();
        let told = open(dir.path()).unwrap_err();
        assert!(matches!(told, RegistryError::NotARegistry { .. } | RegistryError::Damaged { .. }), "{told:?}");
        std::fs::remove_file(&file).unwrap();
    }
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE claim (x)").unwrap();
    assert!(matches!(open(dir.path()), Err(RegistryError::NotARegistry { .. })));
    std::fs::remove_file(&file).unwrap();

    let mut desk = Desk::new(1);
    let mut registry = create(dir.path(), &mut desk);
    let claims: Vec<_> = (0..2000).map(|n| claim(&format!("url:https://example.com/{n}"), "search=n")).collect();
    registry.assert(&claims, &mut desk.clerk()).unwrap();
    drop(registry);
    let whole = std::fs::read(&file).unwrap();
    for cut in [0, 100, 4096, whole.len() / 4, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let told = open(dir.path()).and_then(|mut registry| registry.audit());
        // What is behind the last row of a page is nothing; then all of it has to be there.
        let is_whole = |audit: &sayso_registry::Audit| audit.claims == 2000 && cut == whole.len() - 1;
        assert!(told.as_ref().map_or(true, |it| !it.faults.is_empty() || is_whole(it)), "cut at {cut}: {told:?}");
    }
    // A file of a newer program is left alone.
    std::fs::write(&file, &whole).unwrap();
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(dir.path()), Err(RegistryError::FromTheFuture { found: 99, .. })));
}

#[test]
fn a_full_disk_leaves_it_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(1);
    let mut registry = create(dir.path(), &mut desk);
    registry.assert(&[claim("domain:example.org", "train-ai=n")], &mut desk.clerk()).unwrap();
    let head = registry.head().unwrap();
    drop(registry);
    let mut store = SqliteStore::open(&dir.path().join("r.sqlite"), WAIT).unwrap();
    store.limit_pages(30).unwrap();
    let mut registry = Registry::open(Box::new(store)).unwrap();
    let claims: Vec<_> = (0..2000).map(|n| claim(&format!("url:https://example.com/{n}"), "search=n")).collect();
    let told = registry.assert(&claims, &mut desk.clerk()).unwrap_err();
    assert!(matches!(told, RegistryError::Full { .. }), "{told:?}");
    assert!(told.to_string().contains("\nhint: make room"), "{told}");
    assert_eq!(registry.head().unwrap(), head);
    drop(registry);
    let mut registry = open(dir.path()).unwrap();
    assert_eq!(registry.audit().unwrap().faults, []);
    registry.assert(&claims, &mut desk.clerk()).unwrap();
    assert_eq!(registry.head().unwrap().size, 2001);
}

#[test]
fn two_logs_under_one_key_are_found_out() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = Desk::new(1);
    let mut registry = create(one.path(), &mut desk);
    let mut other = create(two.path(), &mut desk);
    for n in 0..5 {
        let claims = [claim(&format!("domain:a{n}.example.org"), "train-ai=n")];
        registry.assert(&claims, &mut desk.clerk()).unwrap();
        other.assert(&claims, &mut desk.clerk()).unwrap();
    }
    // Salts are random, and there are none in these: both logs are the same so far.
    let (_, agreed) = other.signed_head().unwrap();
    assert_eq!(registry.compare(&agreed).unwrap().size, 5);
    registry.revoke(ClaimId(1), None, &mut desk.clerk()).unwrap();
    other.revoke(ClaimId(2), None, &mut desk.clerk()).unwrap();
    let (_, note) = other.signed_head().unwrap();
    let told = registry.compare(&note).unwrap_err().to_string();
    assert!(told.contains("the log forks: two checkpoints of 6 entries have different roots"), "{told}");
    registry.revoke(ClaimId(3), None, &mut desk.clerk()).unwrap();
    let told = registry.compare(&note).unwrap_err().to_string();
    assert!(told.contains("do not go on from the 6"), "{told}");
    // What others have seen and is no longer here was cut off.
    let told = other.compare(&registry.signed_head().unwrap().1).unwrap_err().to_string();
    assert!(told.contains("do not go on from the 7"), "{told}");
    assert_eq!(registry.compare(&agreed).unwrap().size, 5);
    // A witness that saw the head puts its name under it, and under no other.
    let witness = SigningKey::new("witness.example", KeyKind::Cosignature, &[3; 32]).unwrap();
    let (_, mut head) = registry.signed_head().unwrap();
    head.signatures.push(cosign(&head, &witness, 1_700_000_000).unwrap());
    assert_eq!(registry.take_cosignature(&head, &witness.public()).unwrap(), 1_700_000_000);
    let (_, cosigned) = registry.signed_head().unwrap();
    assert_eq!(cosigned, head);
    let mut forked: SignedNote = note;
    forked.signatures.push(cosign(&forked, &witness, 1_700_000_000).unwrap());
    assert!(matches!(registry.take_cosignature(&forked, &witness.public()), Err(RegistryError::Fork(_))));
}

#[test]
fn tiles_can_be_served_as_files() {
    use sayso_registry::log::{Checkpoint, TileSource, leaf_hash, root, unbundle};
    struct Folder<'a>(&'a Path);
    impl TileSource for Folder<'_> {
        fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
            let whole = self.0.join(format!("tile/{level}/{index:03}"));
            let part = std::fs::read_dir(self.0.join(format!("tile/{level}/{index:03}.p")));
            let widest = part.into_iter().flatten().map(|entry| entry.unwrap().path());
            let width = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().parse::<u64>().unwrap();
            let path = if whole.exists() { Some(whole) } else { widest.max_by_key(width) };
            Ok(path.map(|path| std::fs::read(path).unwrap()))
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(1);
    let mut registry = create(dir.path(), &mut desk);
    let claims: Vec<_> = (0..700).map(|n| claim(&format!("domain:a{n}.example.org"), "search=n")).collect();
    registry.assert(&claims[..600], &mut desk.clerk()).unwrap();
    let out = dir.path().join("tiles");
    assert_eq!(registry.write_tiles(&out).unwrap(), 3 + 1 + 3 + 1);
    assert_eq!(registry.write_tiles(&out).unwrap(), 1);
    registry.assert(&claims[600..], &mut desk.clerk()).unwrap();
    assert_eq!(registry.write_tiles(&out).unwrap(), 3, "what is whole is not written again");
    let note: SignedNote = std::fs::read_to_string(out.join("checkpoint")).unwrap().parse().unwrap();
    note.verify(&key().public()).unwrap();
    let checkpoint: Checkpoint = note.text.parse().unwrap();
    assert_eq!(root(&mut Folder(&out), 700).unwrap(), checkpoint.root);
    let bundle = std::fs::read(out.join("tile/entries/002.p/188")).unwrap();
    let entries = unbundle(&bundle).unwrap();
    let tile = std::fs::read(out.join("tile/0/002.p/188")).unwrap();
    for (number, entry) in entries.iter().enumerate() {
        assert_eq!(tile[32 * number..][..32], leaf_hash(entry).0, "{number}");
    }
    assert!(std::str::from_utf8(entries[187]).unwrap().contains("a699.example.org"));
}

/// Version 1 as it was when it was released. It is opened as it lies there, and says what it said.
#[test]
fn a_registry_of_version_1_is_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(fixtures.join("registry-v1.sqlite"), dir.path().join("r.sqlite")).unwrap();
    let mut registry = open(dir.path()).unwrap();
    let expected = std::fs::read_to_string(fixtures.join("registry-v1.txt")).unwrap();
    assert_eq!(told(&mut registry), expected);
    assert_eq!(registry.audit().unwrap().faults, []);
    registry.revoke(ClaimId(0), None, &mut Desk::new(2).clerk()).unwrap();
}

/// Everything that a registry says, as text.
fn told(registry: &mut Registry) -> String {
    use std::fmt::Write;
    let mut out = registry.signed_head().unwrap().1.to_string();
    for claim in registry.claims(ClaimId(0), 100).unwrap() {
        let subject = claim.subject.as_ref().map(ToString::to_string);
        writeln!(out, "{} {subject:?} {} {} {:?}", claim.id, claim.preferences, claim.state, claim.method).unwrap();
        for step in registry.history(claim.id).unwrap() {
            let values: Vec<_> = step.openings.iter().map(|(field, it)| format!("{field}={}", it.value)).collect();
            writeln!(out, "  {} {}", registry.prove(step.number).unwrap().entry, values.join(" ")).unwrap();
        }
    }
    out
}

#[test]
#[ignore = "writes the fixture of a new version; a released one is never written again"]
fn writes_the_fixture() {
    use sayso_registry::claim::{Method, NewClaim};
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(42);
    let mut registry = create(dir.path(), &mut desk);
    let hash = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    let ana = |new| by("mailto:ana@example.org", new);
    let claims = [
        ana(claim("domain:example.org", "train-ai=n, search=y")),
        ana(claim("prefix:https://example.com/~ana/", "train-genai=n")),
        ana(claim("url:https://example.net/a.jpg?x=1", "data-mining=n")),
        NewClaim {
            terms: Some("https://example.org/terms".to_owned()),
            since: Some("2025-01-01".parse().unwrap()),
            ..ana(claim("account:deviantart.com/ana", "fine-tune=terms, train-ai=n"))
        },
        claim(&format!("sha256:{hash}"), "train-ai=n"),
        claim(&format!("pdq:{hash}/24"), "ai-input=n"),
    ];
    registry.assert(&claims, &mut desk.clerk()).unwrap();
    let token = registry.challenge(ClaimId(0), Method::WellKnown, &mut desk.clerk()).unwrap().to_string();
    let place = "https://example.org/.well-known/sayso-claim";
    registry.verify(ClaimId(0), Method::WellKnown, &token, place, &mut desk.clerk()).unwrap();
    registry.contest(ClaimId(4), Some(ClaimId(0)), Some("not hers"), &mut desk.clerk()).unwrap();
    registry.uphold(ClaimId(4), Some("it is"), &mut desk.clerk()).unwrap();
    registry.revoke(ClaimId(5), Some("sold"), &mut desk.clerk()).unwrap();
    registry.erase(&[ClaimId(2)], true).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::write(fixtures.join("registry-v1.txt"), told(&mut registry)).unwrap();
    drop(registry);
    std::fs::copy(dir.path().join("r.sqlite"), fixtures.join("registry-v1.sqlite")).unwrap();
}
