//! RSL in robots.txt: its `License` lines.

use std::sync::Arc;

use sayso_core::Signal;

use crate::robots::line::{Key, bare_lines, parse_line, whole_lines};
use crate::robots::product_token;

/// A `License` line of robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseLine {
    /// Its line, from 1.
    pub line: u32,
    /// The product tokens of its group as written; none for a line before all groups, which is for everybody.
    pub agents: Arc<[String]>,
    /// The address of the RSL document as written, relative to the site perhaps.
    pub url: String,
}

/// The `License` lines of a robots.txt (RSL 1.0, section 4.4), of which `robots_bytes` are read in whole lines.
///
/// Groups are those of RFC 9309: they end where the next one starts, not at an empty line.
#[must_use]
pub fn license_lines(robots_txt: &[u8], robots_bytes: u64) -> Vec<LicenseLine> {
    let mut found = Vec::new();
    let (mut heading, mut in_heading) = (Vec::new(), false);
    let mut agents: Arc<[String]> = Arc::default();
    for (number, at, line) in bare_lines(whole_lines(robots_txt, usize::try_from(robots_bytes).unwrap_or(usize::MAX))) {
        match parse_line(line, at, number) {
            Some(line) if line.key == Key::UserAgent => {
                if !in_heading {
                    heading.clear();
                }
                let names = line.value.split(|&byte| byte == b',').map(|name| product_token(name.trim_ascii()));
                let is_new = |name: &&[u8]| !name.is_empty();
                heading.extend(names.filter(is_new).map(|name| Signal::raw_of(name, u64::MAX)));
                in_heading = true;
            }
            known => {
                let license = if known.is_none() { license_of(line) } else { None };
                if in_heading && (known.is_some() || license.is_some()) {
                    // Even a heading without a name starts a group, which is then nobody's.
                    agents =
                        if heading.is_empty() { Arc::from([String::new()]) } else { Arc::from(heading.as_slice()) };
                    in_heading = false;
                }
                found.extend(license.map(|url| LicenseLine { line: number, agents: Arc::clone(&agents), url }));
            }
        }
    }
    found
}

/// The addresses of the RSL documents that apply to an agent: those of its own groups, or else of the groups for
/// everybody, or else those before all groups.
#[must_use]
pub fn license_urls<'a>(lines: &'a [LicenseLine], agent: &str) -> Vec<&'a str> {
    let of = |wanted: &dyn Fn(&LicenseLine) -> bool| -> Vec<&'a str> {
        lines.iter().filter(|line| wanted(line)).map(|line| line.url.as_str()).collect()
    };
    let named = |line: &LicenseLine, name: &str| line.agents.iter().any(|agent| agent.eq_ignore_ascii_case(name));
    let own = of(&|line| named(line, agent));
    if !own.is_empty() {
        return own;
    }
    let everybody = of(&|line| named(line, "*"));
    if everybody.is_empty() { of(&|line| line.agents.is_empty()) } else { everybody }
}

fn license_of(line: &[u8]) -> Option<String> {
    let line = line.split(|&byte| byte == b'#').next().unwrap_or_default();
    let (name, value) = line.split_at_checked(memchr::memchr(b':', line)?)?;
    let value = value.get(1..)?.trim_ascii();
    let name = name.trim_ascii();
    // The standard writes it the American way, and half of the world does not.
    let is_license = name.eq_ignore_ascii_case(b"license") || name.eq_ignore_ascii_case(b"licence");
    (is_license && !value.is_empty()).then(|| Signal::raw_of(value, u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{license_lines, license_urls};

    #[test]
    fn a_group_overrides_what_stands_before_all_groups() {
        let robots = b"\xef\xbb\xbfLicense: https://example.org/all.xml # for all\r\nUser-agent: GPTBot\r\nUser-agent: b, C/1\n\
            license:/gpt.xml\nDisallow: /x\n\nUser-agent: *\nDisallow:\nSitemap: /s\nLICENCE : /star.xml\nLicense:\nlicense /no.xml";
        let lines = license_lines(robots, u64::MAX);
        let shown: Vec<_> = lines.iter().map(|line| (line.line, line.agents.join(" "), line.url.as_str())).collect();
        assert_eq!(
            shown,
            [
                (1, String::new(), "https://example.org/all.xml"),
                (4, "GPTBot b C".to_owned(), "/gpt.xml"),
                (10, "*".to_owned(), "/star.xml"),
            ]
        );
        assert_eq!(license_urls(&lines, "gptbot"), ["/gpt.xml"]);
        assert_eq!(license_urls(&lines, "saysobot"), ["/star.xml"]);
        assert_eq!(license_urls(&lines[..2], "saysobot"), ["https://example.org/all.xml"]);
        // A line that the limit cuts is left out.
        assert_eq!(license_lines(robots, 20), []);
    }

    #[test]
    fn a_group_without_a_name_is_nobodys() {
        let lines = license_lines(b"User-agent:\nLicense: /a.xml", 100);
        assert!(license_urls(&lines, "saysobot").is_empty());
        assert_eq!(lines.len(), 1);
    }
}
