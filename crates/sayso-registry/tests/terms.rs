//! Terms that a program can keep.
#![allow(clippy::unwrap_used, reason = "tests")]

use sayso_registry::claim::{Terms, Undertaking, UseKind};

fn asked(kind: UseKind, on: &str, by: Option<&str>) -> Undertaking {
    Undertaking { kind, on: on.parse().unwrap(), by: by.map(str::to_owned) }
}

#[test]
fn terms_hold_for_their_use_their_time_and_whom_they_name() {
    let text = "terms 1: use=non-commercial; from=2026-01-01; until=2027-06-30; to=Studio Sur; credit=Ana Müller";
    let terms = Terms::read(text).unwrap().unwrap();
    assert_eq!(terms.to_string(), text);
    let unmet = |kind, on, by| terms.unmet(&asked(kind, on, by));
    for kind in [UseKind::NonCommercial, UseKind::Research, UseKind::Personal] {
        assert_eq!(unmet(kind, "2027-06-30", Some("studio sur")), None, "{kind}");
    }
    assert!(unmet(UseKind::Any, "2027-06-30", Some("Studio Sur")).unwrap().contains("non-commercial use"));
    assert!(unmet(UseKind::Research, "2027-07-01", Some("Studio Sur")).unwrap().contains("until 2027-06-30"));
    assert!(unmet(UseKind::Research, "2025-12-31", Some("Studio Sur")).unwrap().contains("from 2026-01-01"));
    assert!(unmet(UseKind::Research, "2026-12-31", None).unwrap().contains("somebody else"));
}

#[test]
fn words_are_for_people_and_a_slip_is_told() {
    assert_eq!(Terms::read("https://example.org/terms"), Ok(None));
    assert_eq!(Terms::read("Ask me first; use=any"), Ok(None));
    for text in [
        "terms 1:",
        "terms 1: use=art",
        "terms 1: until=soon",
        "terms 1: until=2027-13-01",
        "terms 1: royalty=5",
        "Terms 1: use=any; use=any",
    ] {
        assert!(Terms::read(text).is_err(), "{text}");
    }
}
