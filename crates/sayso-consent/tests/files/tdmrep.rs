//! `/.well-known/tdmrep.json`.

use sayso_consent::files::TdmrepFile;
use sayso_core::SignalKind;

use crate::{LIMIT, RESERVED, SITE, UNSET, assert_found, shown};

fn tdm(file: &str, path: &str) -> Vec<String> {
    let statements = TdmrepFile::parse(file.as_bytes(), LIMIT, 500).statements(SITE, path);
    assert_found(file.as_bytes(), &statements);
    shown(&statements)
}

const GRANTED: &str = "data-mining=allowed tdm-granted";

#[test]
fn tdmrep_the_first_match_in_sequence_decides() {
    let file = r#"[
        {"location": "/a/", "tdm-reservation": 1},
        {"location": "/b/html/", "tdm-reservation": 1, "tdm-policy": "https://provider.com/policy.json"},
        {"location": "/b/images/*.jpg$", "tdm-reservation": 0, "tdm-policy": "https://provider.com/policy.json"},
        {"location": "/a/open", "tdm-reservation": 0},
        {"location": "/c", "tdm-reservation": 2},
        {"location": "/c", "tdm-reservation": 0}
    ]"#;
    assert_eq!(tdm(file, "/a/x"), [format!("entry 1: {RESERVED}")]);
    assert_eq!(tdm(file, "/a/open"), [format!("entry 1: {RESERVED}")], "the longer match stands behind the first");
    assert_eq!(tdm(file, "/b/html/1"), ["entry 2: data-mining=disallowed tdm-reserved-policy"]);
    // A policy is not read where nothing is reserved.
    assert_eq!(tdm(file, "/b/images/1.jpg"), [format!("entry 3: {GRANTED}")]);
    assert!(tdm(file, "/b/images/1.jpg?x").is_empty(), "`$` is the end");
    assert!(tdm(file, "/A/x").is_empty(), "matching is case-sensitive");
    // What the first match leaves unset stays unset.
    assert_eq!(tdm(file, "/c"), [format!("entry 5: {UNSET}")]);
    assert!(tdm("[]", "/").is_empty());
    assert!(tdm("\u{feff} [ ] ", "/").is_empty());
}

#[test]
fn tdmrep_matches_octets_however_they_are_written() {
    let file = r#"[{"location": "\/caf\u00e9\/%7Ea", "tdm-reservation": 1}]"#;
    assert_eq!(tdm(file, "/caf%c3%a9/~abc").len(), 1);
    assert!(tdm(file, "/cafe/~a").is_empty());
    let dollar = r#"[{"location": "/foo-%24", "tdm-reservation": 1}]"#;
    assert_eq!(tdm(dollar, "/foo-$").len(), 1);
}

#[test]
fn tdmrep_a_reservation_is_the_integer_0_or_1() {
    for value in ["\"1\"", "\"0\"", "2", "-1", "-0", "0.0", "1.0", "true", "false", "null", "[1]", "{}", "1e0"] {
        let file = format!(r#"[{{"location": "/", "tdm-reservation": {value}, "tdm-policy": "https://a.b/c"}}]"#);
        assert_eq!(tdm(&file, "/x"), [format!("entry 1: {UNSET}")], "{value}");
    }
    assert_eq!(tdm(r#"[{"location": "/"}]"#, "/"), [format!("entry 1: {UNSET}")]);
    for policy in ["\"\"", "1", "null", "[]"] {
        let file = format!(r#"[{{"location": "/", "tdm-reservation": 1, "tdm-policy": {policy}}}]"#);
        assert_eq!(tdm(&file, "/x"), [format!("entry 1: {RESERVED}")], "{policy}");
    }
}

#[test]
fn tdmrep_an_entry_about_nobody_knows_what_leaves_no_grant() {
    for entry in [
        r#"{"tdm-reservation": 1}"#,
        r#"{"location": "https://example.org/", "tdm-reservation": 1}"#,
        r#"{"location": "", "tdm-reservation": 1}"#,
        r#"{"location": ["/"], "tdm-reservation": 1}"#,
        r#"{"location": "/a", "location": "/", "tdm-reservation": 0}"#,
        r#"{"location": "/", "tdm-reservation": 1, "tdm-reservation": 0}"#,
        r#"["/", 0]"#,
        "1",
        "null",
    ] {
        let granted = r#"{"location": "/", "tdm-reservation": 0}"#;
        let reserved = r#"{"location": "/", "tdm-reservation": 1}"#;
        assert_eq!(tdm(&format!("[{entry}]"), "/"), [format!("entry 1: {UNSET}")], "{entry}");
        let doubts = [format!("entry 1: {UNSET}"), format!("entry 2: {UNSET}")];
        assert_eq!(tdm(&format!("[{entry}, {granted}]"), "/"), doubts, "{entry}");
        assert_eq!(tdm(&format!("[{entry}, {reserved}]"), "/")[1], format!("entry 2: {RESERVED}"), "{entry}");
        assert_eq!(tdm(&format!("[{granted}, {entry}]"), "/"), [format!("entry 1: {GRANTED}")], "{entry}");
    }
}

#[test]
fn tdmrep_what_is_no_array_of_json_is_one_doubt() {
    let whole = r#"[{"location": "/", "tdm-reservation": 0}]"#;
    for file in [
        "",
        "<!DOCTYPE html><title>Not found</title>",
        r#"{"location": "/", "tdm-reservation": 0}"#,
        r#"[{"location": "/", "tdm-reservation": 0},]"#,
        r#"[{"location": "/", "tdm-reservation": 0}] x"#,
        r#"[{'location': '/', 'tdm-reservation': 0}]"#,
        "null",
    ]
    .into_iter()
    .chain((0..whole.len()).map(|end| &whole[..end]))
    {
        assert_eq!(tdm(file, "/"), [format!("start: {UNSET}")], "{file}");
    }
    let over = TdmrepFile::parse(whole.as_bytes(), whole.len() as u64 - 1, 10).statements(SITE, "/");
    assert_eq!(shown(&over), [format!("start: {UNSET}")]);
    assert!(over[0].signal.is_cut());
    assert_eq!(over[0].signal.kind, SignalKind::Tdmrep);
}
