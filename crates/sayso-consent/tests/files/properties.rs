//! What holds for every file.

use proptest::prelude::*;
use sayso_consent::files::{AiTxt, Rsl, TdmrepFile, license_lines, rsl_link};
use sayso_core::{Place, Stance, Statement, UsageCategory};

use crate::{LIMIT, SITE, grants, rsl_of};

/// Pieces of which files are made, so that chance meets the grammar often.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "User-agent: *\n",
        "User-agent: */\r",
        "User-agent: GPTBot\n",
        "Allow: /\n",
        "Disallow: /\n",
        "Allow: *.jpg\n",
        "Disallow:*.jpg\r\n",
        "Allow: /a",
        "\n",
        "#",
        "License: /l.xml\n",
        "\u{feff}",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"location\"",
        "\"/\"",
        "\"/a*$\"",
        "\"tdm-reservation\"",
        "0",
        "1",
        "\"",
        "\\",
        "{\"location\": \"/\", \"tdm-reservation\": 0}",
        "{\"location\": \"/a\", \"tdm-reservation\": 1}",
        "<rsl xmlns=\"https://rslstandard.org/rsl\">",
        "</rsl>",
        "<content url=\"/\">",
        "<content url='https://e.org/a'>",
        "</content>",
        "<license>",
        "</license>",
        "<permits type=\"usage\">all</permits>",
        "<prohibits type=\"usage\">ai-train</prohibits>",
        "<payment type=\"free\"/>",
        "<",
        ">",
        "&",
        "&amp;",
        "<!DOCTYPE",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "é",
    ];
    let piece = prop_oneof![
        9 => proptest::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn any_url() -> impl Strategy<Value = String> {
    prop_oneof!["https://e\\.org/[a-c/*$%.?#]{0,6}(\\.jpg)?", any::<String>()]
}

/// Everything that any reader makes of a file.
fn all_statements(file: &[u8], limit: u64, signal: u64, url: &str) -> [Vec<Statement>; 3] {
    [
        TdmrepFile::parse(file, limit, signal).statements(SITE, url),
        AiTxt::parse(file, None, limit, signal).statements(SITE, url),
        Rsl::parse(file, None, limit, signal).statements(SITE, url),
    ]
}

fn is_doubt_about_the_whole(statement: &Statement) -> bool {
    matches!(&statement.signal.place, Place::File { at, .. } if at == "start")
}

proptest! {
    // A failure is to be made a case of its own by hand, not kept in a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(file in any_file(), url in any_url(), limit in 0..400_u64, signal in 0..20_u64) {
        for statements in all_statements(&file, limit, signal, &url) {
            for statement in &statements {
                prop_assert!(statement.signal.raw.len() as u64 <= signal.max(3));
                let (start, end) = statement.signal.at_bytes.unwrap();
                prop_assert!(start <= end && end <= file.len() as u64);
                if is_doubt_about_the_whole(statement) {
                    prop_assert!(statement.preferences.iter().all(|p| p.stance == Stance::Unknown));
                    prop_assert!(!statement.preferences.is_empty() && statements.len() == 1);
                }
            }
        }
        for line in license_lines(&file, limit) {
            prop_assert!(!line.url.is_empty());
        }
        let text = String::from_utf8_lossy(&file);
        prop_assert!(rsl_link(&text).is_none_or(|target| text.contains(target)));
    }

    #[test]
    fn arbitrary_bytes_are_read(file in proptest::collection::vec(any::<u8>(), 0..200), url in any::<String>()) {
        for statements in all_statements(&file, LIMIT, 50, &url) {
            prop_assert!(!grants(&statements));
        }
        let _ = license_lines(&file, 100);
    }

    #[test]
    fn what_the_limit_cuts_grants_nothing(file in any_file(), url in any_url(), cut in 1..60_u64) {
        let limit = (file.len() as u64).saturating_sub(cut);
        prop_assume!(limit < file.len() as u64);
        for statements in all_statements(&file, limit, 500, &url) {
            prop_assert!(!grants(&statements));
        }
    }

    #[test]
    fn a_file_that_breaks_off_grants_nothing(
        path in "/[a-c]{0,3}", more in "[a-c /]{0,20}", url in any_url(), end in 0..400_usize,
    ) {
        let json = format!(r#"[{{"location": "{path}", "tdm-reservation": 0, "x": "{more}"}}, {{"location": "/", "tdm-reservation": 0}}]"#);
        let xml = rsl_of(&format!(r#"<content url="{path}"><license>{more}<permits type="usage">all</permits></license></content>"#));
        prop_assume!(end < json.len().min(xml.len()));
        prop_assert!(!grants(&TdmrepFile::parse(&json.as_bytes()[..end], LIMIT, 500).statements(SITE, &url)));
        prop_assert!(!grants(&Rsl::parse(&xml.as_bytes()[..end], None, LIMIT, 500).statements(SITE, &url)));
    }

    #[test]
    fn a_prohibition_more_never_loosens(
        licences in proptest::collection::vec(0..5_usize, 0..4), at in 0..4_usize, url in any_url(),
    ) {
        let of = |numbers: &[usize]| {
            let written = [
                r#"<permits type="usage">all</permits>"#, r#"<permits type="usage">search</permits>"#,
                r#"<permits type="usage">ai-all</permits><payment type="crawl"/>"#, "",
                r#"<permits type="usage">ai-train</permits><x/>"#, r#"<prohibits type="usage">all</prohibits>"#,
            ];
            let all: String = numbers.iter().map(|&number| format!("<license>{}</license>", written[number])).collect();
            Rsl::parse(rsl_of(&format!(r#"<content url="">{all}</content>"#)).as_bytes(), None, LIMIT, 500).statements(SITE, &url)
        };
        let mut with = licences.clone();
        with.insert(at.min(licences.len()), 5);
        prop_assert!(!grants(&of(&with)));
        let reserved = of(&with);
        prop_assert!(reserved[0].preferences.iter().any(|p| p.category == UsageCategory::TrainAi && p.stance == Stance::Disallowed));
    }
}
