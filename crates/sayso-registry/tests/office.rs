//! The office beside a registry, and lists of claims for others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use sayso_core::{Timestamp, Uid};
use sayso_registry::claim::ClaimId;
use sayso_registry::log::{KeyKind, LogFile, SigningKey};
use sayso_registry::lookup::{ClaimIndex, Sought};
use sayso_registry::office::{Decision, Office, ReportReason, ReportState, Secret, Session};
use sayso_registry::{ListHead, Listed, RegistryError};

use support::{Desk, Dice, NOW, WAIT, by, claim, create, open};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(NOW + seconds * 1_000_000)
}

#[test]
fn sessions_end_and_nothing_that_lets_in_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("office.sqlite");
    let mut office = Office::open(&file, WAIT).unwrap();
    let mut dice = Dice(3);
    let ana = office.let_follow(&[ClaimId(4), ClaimId(2)], at(0), &mut dice).unwrap();
    assert_eq!(office.followed(&ana).unwrap(), [ClaimId(2), ClaimId(4)]);
    assert_eq!(office.followed(&Secret::new(&mut dice).unwrap()).unwrap(), []);
    let operator = office.add_operator("Ben Okafor", at(0), &mut dice).unwrap();
    assert_eq!(office.operator_of(&operator).unwrap().as_deref(), Some("Ben Okafor"));
    assert_eq!(office.operator_of(&ana).unwrap(), None);
    assert!(matches!(office.add_operator("Ben Okafor", at(0), &mut dice), Err(RegistryError::Operator { .. })));
    assert!(matches!(office.add_operator("a\nb", at(0), &mut dice), Err(RegistryError::Operator { .. })));

    let who = Session { operator: Some("Ben Okafor".to_owned()), claims: vec![ClaimId(2)] };
    let first = office.open_session(None, &who, at(0), at(60), &mut dice).unwrap();
    assert_eq!(office.session(&first, at(59)).unwrap(), Some(who.clone()));
    assert_eq!(office.session(&first, at(60)).unwrap(), None);
    let second = office.open_session(Some(&first), &who, at(1), at(90), &mut dice).unwrap();
    assert_eq!(office.session(&first, at(2)).unwrap(), None, "the one before is over");
    office.remove_operator("Ben Okafor", at(3)).unwrap();
    assert_eq!(office.session(&second, at(4)).unwrap(), None);
    assert!(matches!(office.remove_operator("Ben Okafor", at(3)), Err(RegistryError::Operator { .. })));
    let third = office.open_session(None, &who, at(5), at(90), &mut dice).unwrap();
    assert_eq!(office.session(&third, at(6)).unwrap().unwrap().operator, None, "who is no operator opens none");
    office.close_session(&third).unwrap();
    assert_eq!(office.session(&third, at(6)).unwrap(), None);

    for secret in [ana, operator, first, second, third] {
        let digits = secret.to_string();
        assert_eq!(digits.parse::<Secret>().unwrap(), secret);
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(32).any(|window| window == digits.as_bytes()));
        }
    }
    let trail: Vec<String> = office.trail(None, 10).unwrap().into_iter().map(|trace| trace.what).collect();
    assert_eq!(trail, ["let go", "took on", "claimed", "claimed"]);
    assert_eq!(office.trail(Some(2), 10).unwrap().len(), 1);
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions()) & 0o777, 0o600);
}

#[test]
fn reports_hide_at_once_and_not_without_end() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("office.sqlite");
    let mut office = Office::open(&file, WAIT).unwrap();
    office.leave_trace("somebody", "did", "something", at(0)).unwrap();
    let uid = |number: u8| Uid::of_pair("https://a.example/", &number.to_string());
    let report = |office: &mut Office, number: u8, seconds: i64| {
        office
            .report(&uid(number), "https://a.example/1.jpg", ReportReason::Medical, Some("of my knee"), 2, at(seconds))
            .unwrap()
    };
    let first = report(&mut office, 1, 0);
    assert_eq!((first.number, first.state), (1, ReportState::Hidden));
    assert_eq!(report(&mut office, 2, 1).state, ReportState::Hidden);
    assert_eq!(report(&mut office, 3, 2).state, ReportState::Waiting, "two a day");
    assert_eq!(report(&mut office, 3, 24 * 3600 + 1).state, ReportState::Hidden);
    drop(office);
    let mut office = Office::open(&file, WAIT).unwrap();
    assert_eq!(office.hidden().unwrap().len(), 3);
    office.decide(first.number, Decision::Dismiss, "Ben", at(100_000)).unwrap();
    assert!(!office.hidden().unwrap().contains(&uid(1)));
    // Who was looked at is not hidden by saying the same again.
    assert_eq!(report(&mut office, 1, 200_000).state, ReportState::Waiting);
    let again = office.decide(first.number, Decision::Dismiss, "Ben", at(200_001));
    assert_eq!(again.unwrap(), 1, "the one that waits");
    assert!(matches!(office.decide(77, Decision::Uphold, "Ben", at(0)), Err(RegistryError::NoSuchReport { .. })));
    let waiting = office.reports(ReportState::Hidden, 10).unwrap();
    assert_eq!(waiting.len(), 2);
    office.decide(waiting[0].number, Decision::Uphold, "Ben", at(300_000)).unwrap();
    for state in [ReportState::Hidden, ReportState::Waiting, ReportState::Upheld, ReportState::Dismissed] {
        let listed = office.reports(state, u64::MAX >> 1).unwrap().len() as u64;
        assert_eq!(office.count_reports(state).unwrap(), listed, "{state}");
    }
    let upheld = office.reports(ReportState::Upheld, 10).unwrap();
    assert_eq!(upheld[0].url.as_deref(), Some("https://a.example/1.jpg"));
    assert_eq!(office.reports(ReportState::Dismissed, 1).unwrap()[0].url, None);
    assert_eq!((upheld.len(), upheld[0].words.as_deref(), upheld[0].uid), (1, None, uid(2)));
    assert!(office.hidden().unwrap().contains(&uid(2)));
    // The same picture was reported twice, and is decided once.
    assert_eq!(office.decide(waiting[1].number, Decision::Uphold, "Ben", at(300_000)).unwrap(), 2);
}

#[test]
fn an_index_follows_what_others_do() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(5);
    let mut registry = create(dir.path(), &mut desk);
    registry.assert(&[claim("domain:a.example", "train-ai=n")], &mut desk.clerk()).unwrap();
    let mut reader = open(dir.path()).unwrap();
    let mut index = ClaimIndex::load(&mut reader).unwrap();
    assert!(!index.is_behind(&mut reader).unwrap());
    let found = |index: &ClaimIndex, url: &str| {
        let holding = index.find(&Sought { url, ..Sought::default() });
        holding.iter().map(|holding| (holding.claim.id.0, holding.claim.state.as_str())).collect::<Vec<_>>()
    };
    // The older of two new claims is changed after the newer one was made.
    registry
        .assert(
            &[claim("url:https://b.example/1", "train-ai=n"), claim("domain:c.example", "train-ai=n")],
            &mut desk.clerk(),
        )
        .unwrap();
    registry.contest(ClaimId(1), None, None, &mut desk.clerk()).unwrap();
    registry.revoke(ClaimId(0), None, &mut desk.clerk()).unwrap();
    assert!(index.is_behind(&mut reader).unwrap());
    assert!(index.refresh(&mut reader).unwrap());
    assert_eq!(found(&index, "https://b.example/1"), [(1, "contested")]);
    assert_eq!(found(&index, "https://c.example/"), [(2, "asserted")]);
    assert_eq!(found(&index, "https://a.example/"), []);
    assert_eq!(index.in_state(sayso_registry::claim::ClaimState::Contested, 9), [ClaimId(1)]);
    registry.erase(&[ClaimId(1)], true).unwrap();
    assert!(index.refresh(&mut reader).unwrap());
    assert_eq!(found(&index, "https://b.example/1"), []);
    assert!(!index.refresh(&mut reader).unwrap());
}

#[test]
fn lists_are_signed_and_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(6);
    let mut registry = create(dir.path(), &mut desk);
    let hash = "ab".repeat(32);
    let claims: Vec<_> =
        ["domain:a.example".to_owned(), "url:https://b.example/ana.jpg".to_owned(), format!("sha256:{hash}")]
            .iter()
            .map(|subject| by("mailto:ana@example.org", claim(subject, "train-ai=n")))
            .collect();
    registry.assert(&claims, &mut desk.clerk()).unwrap();
    let key = desk.key.clone();
    let first = registry.list_since(0, 2, &key).unwrap();
    assert_eq!((first.head.since, first.head.until, first.head.rows), (0, 2, 2));
    assert_eq!(ListHead::verify(&first.note, &first.rows, &key.public()).unwrap(), first.head);
    let rows: Vec<Listed> = first.rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(rows[0].claim().unwrap(), registry.claim(ClaimId(0)).unwrap());
    assert_eq!((rows[1].claim(), rows[1].commitment.is_some(), &rows[1].subject), (None, true, &None));
    assert!(!first.rows.contains("ana"));
    let rest = registry.list_since(first.head.until, 2, &key).unwrap();
    assert_eq!((rest.head.until, rest.head.rows), (3, 1));
    registry.revoke(ClaimId(0), None, &mut desk.clerk()).unwrap();
    let change = registry.list_since(3, 100, &key).unwrap();
    assert!(change.rows.contains("\"revoked\"") && change.head.rows == 1, "{}", change.rows);
    assert_eq!(registry.list_since(4, 100, &key).unwrap().head.rows, 0);
    assert!(matches!(registry.list_since(5, 100, &key), Err(RegistryError::NoSuchSize { .. })));

    // Rows of another list, fewer rows, another's signature, a checkpoint in place of a list.
    let verify = |note, rows: &str, key: &SigningKey| ListHead::verify(note, rows, &key.public());
    assert!(verify(&first.note, &rest.rows, &key).is_err());
    assert!(verify(&first.note, first.rows.lines().next().unwrap(), &key).is_err());
    let other = SigningKey::new("registry.example/claims", KeyKind::Ed25519, &[8; 32]).unwrap();
    assert!(verify(&first.note, &first.rows, &other).is_err());
    let (_, checkpoint) = registry.signed_head().unwrap();
    assert!(verify(&checkpoint, "", &key).is_err());

    // The same bytes as the files that anybody can serve.
    let served = dir.path().join("served");
    registry.write_tiles(&served).unwrap();
    for path in ["0/000.p/4", "entries/000.p/4"] {
        let bytes = registry.log_file(LogFile::at(path).unwrap()).unwrap().unwrap();
        assert_eq!(bytes, std::fs::read(served.join("tile").join(path)).unwrap(), "{path}");
    }
    for path in ["0/000.p/5", "0/000", "0/001.p/1", "1/000.p/1", "entries/000.p/5", "63/000.p/1"] {
        assert_eq!(registry.log_file(LogFile::at(path).unwrap()).unwrap(), None, "{path}");
    }
}
