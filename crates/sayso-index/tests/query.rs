//! What the query language refuses, and how it says so.
#![allow(clippy::unwrap_used, reason = "tests")]

use sayso_index::{Query, QueryError};

#[test]
fn errors_point_at_their_cause_and_help() {
    for (query, at, expected) in [
        (
            "",
            None,
            "the query holds nothing to search for\nhint: try a word, \"a phrase\", site:example.org or creator:name",
        ),
        (
            " - & \"...\" ",
            None,
            "the query holds nothing to search for\nhint: try a word, \"a phrase\", site:example.org or creator:name",
        ),
        ("cat \"black", Some("\"black"), "the phrase that starts at byte 4 does not end\nhint: close it with \""),
        (
            "cat site: x",
            Some("site:"),
            "`site:` at byte 4 has no value\nhint: write it without a space, such as site:example.org",
        ),
        (
            "creator:!",
            Some("creator:"),
            "`creator:` at byte 0 has no value\nhint: write it without a space, such as creator:name or creator:\"first last\"",
        ),
        (
            "é -stie:example.org",
            Some("stie:"),
            "there is no field `stie:`, at byte 4\nhint: did you mean `site:`? put the text into quotation marks to search for it as it is",
        ),
        (
            "verdict:maybe",
            Some("maybe"),
            "`maybe` at byte 8 is no verdict\nhint: one of verdict:allowed, verdict:unknown, verdict:disallowed",
        ),
        (
            "site:\"example.org/a b\"",
            Some("example.org/a b"),
            "`example.org/a b` at byte 6 is no site\nhint: a site is a host without a path, such as site:example.org",
        ),
    ] {
        let error = Query::parse(query).unwrap_err();
        assert_eq!(error.to_string(), expected, "{query}");
        assert_eq!(error.at().map(|at| &query[at]), at, "{query}");
    }
}

#[test]
fn queries_are_bounded() {
    assert_eq!(Query::parse(&"a".repeat(2_049)), Err(QueryError::TooLong { bytes: 2_049 }));
    assert!(Query::parse(&"a".repeat(2_048)).is_ok());
    assert!(Query::parse(&"a ".repeat(64)).is_ok());
    assert_eq!(Query::parse(&"a ".repeat(65)), Err(QueryError::TooManyClauses { at: 128..129 }));
}

#[test]
fn colons_that_name_no_field_are_punctuation() {
    for (query, same_as) in [
        ("12:30", "\"12 30\""),
        ("note:this", "\"note this\""),
        ("https://example.org/a", "\"https example org a\""),
        ("stie: x", "stie x"),
        ("Artist: Ana", "artist ana"),
        ("a:", "a"),
        ("\"site: berlin\"", "\"site berlin\""),
    ] {
        assert_eq!(Query::parse(query), Query::parse(same_as), "{query}");
    }
}
