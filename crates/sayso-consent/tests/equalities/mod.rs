//! Two ways that have to give the same. The fuzz targets assert them of whatever they come upon, the tests of made-up
//! input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "an assertion is what this is for")]

use sayso_consent::agents::AgentTable;
use sayso_consent::headers::header_signal;
use sayso_consent::structured_field::{Bare, Member, Parameters, Single, parse_dictionary, parse_list, parse_single};
use sayso_consent::{judge, statements};
use sayso_core::{Policy, PolicyName, Purpose, Signal, Speaker, Stance, Subject, UsageCategory};

/// What was read of a structured field, written in the canonical form (RFC 9651, section 4.1), reads as the same, and
/// that is written as the same.
pub(crate) fn structured_field_there_and_back(field: &[u8]) {
    if let Ok(members) = parse_dictionary(field) {
        let written = dictionary(&members);
        assert_eq!(parse_dictionary(written.as_bytes()).as_ref(), Ok(&members), "{written}");
        assert_eq!(dictionary(&parse_dictionary(written.as_bytes()).unwrap()), written);
    }
    if let Ok(members) = parse_list(field) {
        let written = members.iter().map(member).collect::<Vec<_>>().join(", ");
        assert_eq!(parse_list(written.as_bytes()), Ok(members), "{written}");
    }
    if let Ok(value) = parse_single(field) {
        assert_eq!(parse_single(single(&value).as_bytes()), Ok(value));
    }
}

/// The lines of a `Content-Usage` field mean what they mean joined by commas (RFC 9651, section 4.2); where that cannot
/// be read, they grant nothing. What happens to a string that two lines share, the RFC leaves open.
pub(crate) fn content_usage_lines_as_one(lines: &[&str]) {
    let line = |value: &str| header_signal(Speaker::Page, "Content-Usage", value.as_bytes(), u64::MAX).unwrap();
    let apart: Vec<Signal> = lines.iter().map(|value| line(value)).collect();
    let joined = apart.iter().map(|signal| signal.raw.as_str()).collect::<Vec<_>>().join(", ");
    let is_readable = |value: &str| parse_dictionary(value.as_bytes()).is_ok();
    if !is_readable(&joined) {
        assert!(lines.len() < 2 || stances(&apart).iter().all(|stance| *stance != Stance::Allowed), "{lines:?}");
    } else if apart.iter().all(|signal| is_readable(&signal.raw)) {
        assert_eq!(stances(&apart), stances(&[line(&joined)]), "{lines:?}");
    }
}

/// The verdict on every use.
fn stances(signals: &[Signal]) -> Vec<Stance> {
    let said = statements(signals, AgentTable::builtin(), "sayso");
    let subject = Subject { url: "https://example.org/", page_url: "" };
    let of = |&category| {
        let policy = Policy::new(PolicyName::Record, Purpose(category));
        judge(&subject, &said, None, &policy).stance
    };
    UsageCategory::ALL.iter().map(of).collect()
}

fn dictionary(members: &[(String, Member)]) -> String {
    let write = |(key, value): &(String, Member)| match value {
        Member::Single(Single { value: Bare::Boolean(true), parameters: of }) => format!("{key}{}", parameters(of)),
        other => format!("{key}={}", member(other)),
    };
    members.iter().map(write).collect::<Vec<_>>().join(", ")
}

fn member(of: &Member) -> String {
    match of {
        Member::Single(value) => single(value),
        Member::InnerList { singles, parameters: of } => {
            format!("({}){}", singles.iter().map(single).collect::<Vec<_>>().join(" "), parameters(of))
        }
    }
}

fn single(of: &Single) -> String {
    format!("{}{}", bare(&of.value), parameters(&of.parameters))
}

fn parameters(of: &Parameters) -> String {
    let write = |(key, value): &(String, Bare)| match value {
        Bare::Boolean(true) => format!(";{key}"),
        other => format!(";{key}={}", bare(other)),
    };
    of.iter().map(write).collect()
}

fn bare(of: &Bare) -> String {
    match of {
        Bare::Integer(value) => value.to_string(),
        Bare::Decimal(thousandths) => decimal(*thousandths),
        Bare::String(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Bare::Token(token) => token.clone(),
        Bare::ByteSequence(bytes) => format!(":{}:", base64(bytes)),
        Bare::Boolean(value) => format!("?{}", u8::from(*value)),
        Bare::Date(seconds) => format!("@{seconds}"),
        Bare::DisplayString(text) => {
            let write = |byte: u8| match byte {
                b'%' | b'"' | 0..=0x1f | 0x7f.. => format!("%{byte:02x}"),
                plain => char::from(plain).to_string(),
            };
            format!("%\"{}\"", text.bytes().map(write).collect::<String>())
        }
    }
}

fn decimal(thousandths: i64) -> String {
    let (sign, size) = (if thousandths < 0 { "-" } else { "" }, thousandths.unsigned_abs());
    let fraction = format!("{:03}", size % 1000);
    let fraction = fraction.trim_end_matches('0');
    format!("{sign}{}.{}", size / 1000, if fraction.is_empty() { "0" } else { fraction })
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let sextet = bits >> (18 - 6 * digit) & 63;
            out.push(if digit <= three.len() { char::from(DIGITS[sextet]) } else { '=' });
        }
    }
    out
}
