//! The files by which a site speaks for many addresses: the rules of each, and what hostile ones do.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod ai_txt;
mod hostile;
mod properties;
mod rsl;
mod tdmrep;

use sayso_consent::files::{license_lines, license_urls, rsl_link};
use sayso_core::{Place, Speaker, Stance, Statement};

pub(crate) const LIMIT: u64 = 1 << 20;
pub(crate) const HUGE: u64 = u64::MAX;
pub(crate) const SITE: Speaker = Speaker::PageSite;

pub(crate) fn shown(statements: &[Statement]) -> Vec<String> {
    let show = |statement: &Statement| {
        let at = match &statement.signal.place {
            Place::File { at, .. } => at.clone(),
            other => other.to_string(),
        };
        let said: Vec<_> =
            statement.preferences.iter().map(|p| format!("{}={} {}", p.category, p.stance, p.code)).collect();
        format!("{at}: {}", said.join(" + "))
    };
    statements.iter().map(show).collect()
}

pub(crate) fn grants(statements: &[Statement]) -> bool {
    statements.iter().flat_map(|statement| &statement.preferences).any(|p| p.stance == Stance::Allowed)
}

/// The evidence stands where it is said to stand.
pub(crate) fn assert_found(file: &[u8], statements: &[Statement]) {
    for Statement { signal, .. } in statements {
        let (start, end) = signal.at_bytes.unwrap();
        let found = &file[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
        assert!(signal.is_cut() || String::from_utf8_lossy(found) == signal.raw, "{}", signal.raw);
    }
}

pub(crate) const RESERVED: &str = "data-mining=disallowed tdm-reserved";
pub(crate) const UNSET: &str = "data-mining=unknown tdm-unreadable";

pub(crate) const URL: &str = "https://example.org/images/a.jpg";

pub(crate) fn rsl_of(contents: &str) -> String {
    format!(r#"<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl">{contents}</rsl>"#)
}

#[test]
fn discovery_from_robots_txt_to_the_document() {
    let robots =
        b"License: https://example.org/all.xml\n\nUser-agent: CCBot\nLicense: /ccbot.xml\nDisallow: /private/\n";
    let lines = license_lines(robots, LIMIT);
    assert_eq!(license_urls(&lines, "ccbot"), ["/ccbot.xml"]);
    assert_eq!(license_urls(&lines, "saysobot"), ["https://example.org/all.xml"]);
    assert_eq!(rsl_link("</l.xml>; rel=\"license\"; type=\"application/rsl+xml\""), Some("/l.xml"));
}
