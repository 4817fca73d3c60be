//! What must not matter does not: line endings and comments in robots.txt, whatever stands behind its limit, and in what
//! order statements come; and nothing that cannot be read grants anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sayso_consent::agents::AgentTable;
use sayso_consent::headers::header_signal;
use sayso_consent::robots::RobotsTxt;
use sayso_consent::{judge, statements};
use sayso_core::{Policy, PolicyName, Purpose, Speaker, Stance, Statement, Subject, UsageCategory};

/// What a robots.txt says of a path, without where in the file it says so.
fn said(file: &[u8], path: &str, limit: u64) -> Vec<(String, Vec<Stance>)> {
    let robots = RobotsTxt::parse(file, limit, 64, AgentTable::builtin());
    let told = |statement: Statement| {
        let stances = statement.preferences.iter().map(|preference| preference.stance).collect();
        (statement.signal.kind.to_string(), stances)
    };
    robots.statements(Speaker::PageSite, path, "sayso").into_iter().map(told).collect()
}

fuzz_target!(|input: (&str, &str, u16)| {
    let (file, path, limit) = input;
    let plain = said(file.as_bytes(), path, u64::MAX);
    if !file.contains('\r') {
        assert_eq!(plain, said(file.replace('\n', "\r\n").as_bytes(), path, u64::MAX));
        assert_eq!(plain, said(file.replace('\n', " # comment\n").as_bytes(), path, u64::MAX));
    }
    let _ = said(file.as_bytes(), path, u64::from(limit));
    let names = ["X-Robots-Tag", "Content-Usage", "Content-Signal", "tdm-reservation"];
    let mut signals: Vec<_> =
        names.iter().filter_map(|name| header_signal(Speaker::Page, name, file.as_bytes(), 4096)).collect();
    let verdict = |signals: &[_]| {
        let policy = Policy::new(PolicyName::Strict, Purpose(UsageCategory::TrainGenai));
        let said = statements(signals, AgentTable::builtin(), "sayso");
        judge(&Subject { url: "https://example.org/", page_url: "" }, &said, None, &policy)
    };
    let forwards = verdict(&signals);
    signals.reverse();
    assert_eq!(forwards, verdict(&signals));
    let can_grant = file.trim() == "0" || file.contains("=y") || file.to_ascii_lowercase().contains("yes");
    assert!(can_grant || forwards.stance != Stance::Allowed);
});
