//! robots.txt against Google's correctness cases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod anchors;

use std::fs;

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::RobotsTxt;
use sayso_core::Stance;

/// Expectations that are not met, and why: all in one file, which was written for a draft.
///
/// RFC 9309, section 2.2.2 normalises the percent-encoding of rule and path alike, so that a path matches however
/// its octets are written. The draft left the path as it came.
const EXCEPTIONS: &[(&str, &str, Stance)] = &[
    ("non-ascii-paths.textproto", "http://foo.bar/foo/bar/ツ", Stance::Disallowed),
    ("non-ascii-paths.textproto", "http://foo.bar/foo/bar/baz", Stance::Disallowed),
];

#[derive(Debug, Default)]
struct Case {
    robots: Vec<u8>,
    url: Vec<u8>,
    agent: Vec<u8>,
}

#[test]
fn every_correctness_case() {
    let Some(folder) = anchors::anchor("robotstxt-spec-test/src/main/resources/CTC/correctness") else { return };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut exceptions = 0;
    let mut seen = 0;
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (case, expected) in cases(&fs::read(&file).unwrap()) {
            let (url, agent) = (String::from_utf8(case.url).unwrap(), String::from_utf8(case.agent).unwrap());
            let robots = RobotsTxt::parse(&case.robots, 500 << 10, 500, AgentTable::builtin());
            let found = robots.access(&agent, path_of(&url)).stance;
            seen += 1;
            if EXCEPTIONS.contains(&(name.as_str(), url.as_str(), expected)) {
                exceptions += 1;
                assert_ne!(found, expected, "{name} {url} needs no exception");
            } else {
                let robots = String::from_utf8_lossy(&case.robots);
                assert_eq!(found, expected, "{name}: {agent} at {url} under\n{robots}");
            }
        }
    }
    assert!(seen > 100, "{seen} cases");
    assert_eq!(exceptions, 3);
}

fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find(['/', '?']).map_or("", |at| &after_scheme[at..])
}

/// Reads as much of protocol buffers' text form as the cases use: `name: value`, strings in pieces, `#` comments.
fn cases(text: &[u8]) -> Vec<(Case, Stance)> {
    let mut cases = Vec::new();
    let (mut robots, mut url, mut agent) = (Vec::new(), Vec::new(), Vec::new());
    let mut field = String::new();
    for line in text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.starts_with(b"#") {
            continue;
        }
        let mut value = line;
        if !line.starts_with(b"\"")
            && let Some(colon) = line.iter().position(|&byte| byte == b':')
        {
            field = String::from_utf8(line[..colon].to_vec()).unwrap();
            value = line[colon + 1..].trim_ascii();
            match field.as_str() {
                "robotstxt" => robots.clear(),
                "testurl" => url.clear(),
                "useragent" => agent.clear(),
                "expected_outcome" => {
                    let expected = match value {
                        b"ALLOWED" => Stance::Allowed,
                        b"DISALLOWED" => Stance::Disallowed,
                        other => panic!("{other:?}"),
                    };
                    cases.push((Case { robots: robots.clone(), url: url.clone(), agent: agent.clone() }, expected));
                }
                _ => {}
            }
        }
        if value.starts_with(b"\"") {
            match field.as_str() {
                "robotstxt" => unquote(value, &mut robots),
                "testurl" => unquote(value, &mut url),
                "useragent" => unquote(value, &mut agent),
                _ => {}
            }
        }
    }
    cases
}

fn unquote(quoted: &[u8], out: &mut Vec<u8>) {
    let mut bytes = quoted[1..].iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => out.push(match bytes.next().unwrap() {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'x' => {
                    let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other,
            }),
            byte => out.push(byte),
        }
    }
}
