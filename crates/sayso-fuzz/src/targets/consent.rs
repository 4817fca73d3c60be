//! What must not matter does not: line endings and comments in robots.txt, whatever stands behind its limit, and in what
//! order statements come; and nothing that cannot be read grants anything.

use sayso_consent::agents::AgentTable;
use sayso_consent::headers::header_signal;
use sayso_consent::robots::RobotsTxt;
use sayso_consent::{judge, statements};
use sayso_core::{Policy, PolicyName, Purpose, Signal, Speaker, Stance, Statement, Subject, UsageCategory};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "consent",
    assert,
    mutations: 15_000,
    words: &[
        "User-agent: GPTBot\n",
        "Disallow: /",
        "Allow: /*.jpg$",
        "Content-Usage: train-ai=n",
        "Content-Signal: ai-train=no, search=yes",
        "noai",
        "unavailable_after: 25 Jun 2027 15:00:00 PST, ",
        "sayso: ",
        "#",
        "%2A",
        "\u{feff}",
        "\r\n",
    ],
};

/// The first line is a path, the rest a robots.txt, or the value of a header.
fn assert(input: &[u8]) {
    let Some((path, file)) = std::str::from_utf8(input).ok().and_then(|text| text.split_once('\n')) else { return };
    let plain = said(file, path, u64::MAX);
    if !file.contains('\r') {
        assert_eq!(plain, said(&file.replace('\n', "\r"), path, u64::MAX));
        assert_eq!(plain, said(&file.replace('\n', "\r\n"), path, u64::MAX));
        assert_eq!(plain, said(&file.replace('\n', " # comment\n"), path, u64::MAX));
    }
    for limit in [0, file.len() / 2, file.len().saturating_sub(1)] {
        let whole_lines =
            file.as_bytes()[..limit].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
        assert_eq!(said(file, path, limit as u64), said(&file[..whole_lines], path, u64::MAX));
    }
    a_header_value(file);
}

/// What a robots.txt says of a path, without where in the file it says so.
fn said(file: &str, path: &str, limit_bytes: u64) -> Vec<(String, Vec<Stance>)> {
    let robots = RobotsTxt::parse(file.as_bytes(), limit_bytes, 64, AgentTable::builtin());
    let told = |statement: Statement| {
        let stances = statement.preferences.iter().map(|preference| preference.stance).collect();
        (statement.signal.kind.to_string(), stances)
    };
    robots.statements(Speaker::PageSite, path, "sayso").into_iter().map(told).collect()
}

fn a_header_value(value: &str) {
    let names = ["X-Robots-Tag", "Content-Usage", "Content-Signal", "tdm-reservation"];
    let signal = |name: &&str| header_signal(Speaker::Page, name, value.as_bytes(), 4096);
    let mut signals: Vec<Signal> = names.iter().filter_map(signal).collect();
    let verdict = |signals: &[Signal]| {
        let policy = Policy::new(PolicyName::Strict, Purpose(UsageCategory::TrainGenai));
        let said = statements(signals, AgentTable::builtin(), "sayso");
        judge(&Subject { url: "https://example.org/", page_url: "" }, &said, None, &policy)
    };
    let forwards = verdict(&signals);
    signals.reverse();
    assert_eq!(forwards, verdict(&signals));
    let can_grant = value.trim() == "0" || value.contains("=y") || value.to_ascii_lowercase().contains("yes");
    assert!(can_grant || forwards.stance != Stance::Allowed);
}
