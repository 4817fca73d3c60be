#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use sayso_core::{
    Place, Policy, PolicyName, Purpose, RegistryHead, Signal, SignalKind, Speaker, Stance, Statement, Subject,
    UsageCategory, Verdict,
};

use super::judge;
use crate::agents::AgentTable;
use crate::headers::header_signal;
use crate::statements;

const SUBJECT: Subject<'_> = Subject { url: "https://example.org/a.jpg", page_url: "https://example.org/" };

fn header(name: &str, value: &str) -> Signal {
    header_signal(Speaker::Page, name, value.as_bytes(), 1000).unwrap()
}

fn licence(url: &str) -> Signal {
    let place = Place::Element { path: "a rel=license".to_owned() };
    let (kind, speaker) = (SignalKind::Licence, Speaker::Page);
    Signal { kind, speaker, place, raw: url.to_owned(), at_bytes: None, record: None, captured_at: None }
}

fn judged(signals: &[Signal], name: PolicyName, purpose: UsageCategory) -> Verdict {
    let statements: Vec<Statement> = statements(signals, AgentTable::builtin(), "saysobot");
    judge(&SUBJECT, &statements, None, &Policy::new(name, Purpose(purpose)))
}

/// The verdict's stance and the codes of its reasons.
fn outcome(signals: &[Signal], name: PolicyName, purpose: UsageCategory) -> (Stance, Vec<String>) {
    let verdict = judged(signals, name, purpose);
    (verdict.stance, verdict.reasons.iter().map(|reason| reason.code.to_string()).collect())
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|&code| code.to_owned()).collect()
}

#[test]
fn the_table_of_cases() {
    use Stance::{Allowed, Disallowed, Unknown};
    use UsageCategory::{AiInput, DataMining, FineTune, Search, TrainAi, TrainGenai};
    let h = header;
    let (usage, signal, tags) = ("Content-Usage", "Content-Signal", "X-Robots-Tag");
    for (signals, purpose, stance, reasons) in [
        (vec![], TrainGenai, Unknown, &["no-statement"][..]),
        (vec![h(tags, "noai")], TrainGenai, Disallowed, &["noai"]),
        (vec![h(tags, "noai")], FineTune, Disallowed, &["noai"]),
        (vec![h(tags, "noai")], Search, Unknown, &["no-statement", "noai"]),
        (vec![h(tags, "noindex")], TrainAi, Unknown, &["no-statement", "noindex"]),
        (vec![h(tags, "noindex, noai")], TrainAi, Disallowed, &["noai"]),
        (vec![h(tags, "all")], TrainAi, Unknown, &["no-statement"]),
        (vec![h("tdm-reservation", "1")], AiInput, Disallowed, &["tdm-reserved"]),
        (vec![h("tdm-reservation", "0")], TrainAi, Allowed, &["tdm-granted"]),
        (vec![h("tdm-reservation", "0")], AiInput, Unknown, &["no-statement", "tdm-granted"]),
        (vec![h("tdm-reservation", "2")], TrainAi, Unknown, &["tdm-unreadable"]),
        (vec![h("tdm-policy", "https://example.org/p")], TrainAi, Unknown, &["no-statement"]),
        (vec![h(usage, "train-ai=y")], TrainGenai, Allowed, &["content-usage-granted"]),
        (vec![h(usage, "train-ai=y")], DataMining, Unknown, &["no-statement", "content-usage-granted"]),
        (vec![h(usage, "train-ai")], TrainGenai, Unknown, &["content-usage-unreadable"]),
        (vec![h(signal, "ai-train=yes")], TrainAi, Allowed, &["content-signal-granted"]),
        (vec![h(usage, "train-ai=y"), h(tags, "noai")], TrainAi, Disallowed, &["noai", "content-usage-granted"]),
        // A part of the purpose is reserved: the rest was granted, the whole was not.
        (
            vec![h(usage, "train-genai=n"), h("tdm-reservation", "0")],
            TrainAi,
            Unknown,
            &["content-usage-old-reserved", "tdm-granted"],
        ),
        // A doubt in one vocabulary does not undo a grant in another.
        (
            vec![h(signal, "ai-train=perhaps"), h(usage, "train-ai=y")],
            TrainAi,
            Allowed,
            &["content-usage-granted", "content-signal-unreadable"],
        ),
    ] {
        for policy in [PolicyName::Record, PolicyName::OptOut, PolicyName::Strict, PolicyName::OptIn] {
            assert_eq!(outcome(&signals, policy, purpose), (stance, codes(reasons)), "{policy} {purpose} {signals:?}");
        }
    }
}

#[test]
fn a_free_licence_grants_under_opt_in_alone() {
    let by = licence("https://creativecommons.org/licenses/by/4.0/");
    let nc = licence("https://creativecommons.org/licenses/by-nc/4.0/");
    let genai = UsageCategory::TrainGenai;
    let verdict = judged(std::slice::from_ref(&by), PolicyName::OptIn, genai);
    assert_eq!((verdict.stance, verdict.reasons[0].stance), (Stance::Allowed, Stance::Allowed));
    assert_eq!(verdict.reasons[0].category, genai);
    for policy in [PolicyName::Record, PolicyName::OptOut, PolicyName::Strict] {
        let unknown = (Stance::Unknown, codes(&["no-statement", "licence-free"]));
        assert_eq!(outcome(std::slice::from_ref(&by), policy, genai), unknown, "{policy}");
    }
    assert_eq!(outcome(std::slice::from_ref(&nc), PolicyName::OptIn, genai).0, Stance::Unknown);
    // Which of two licences holds is not for a machine to say.
    assert_eq!(outcome(&[by.clone(), nc], PolicyName::OptIn, genai).0, Stance::Unknown);
    assert_eq!(outcome(&[by.clone(), licence("/terms")], PolicyName::OptIn, genai).0, Stance::Unknown);
    assert_eq!(outcome(&[by, header("X-Robots-Tag", "noai")], PolicyName::OptIn, genai).0, Stance::Disallowed);
}

#[test]
fn what_a_missing_robots_txt_may_have_reserved_is_not_granted_under_strict() {
    use crate::robots::RobotsFetch;
    let missing = RobotsFetch::of_answer(403, b"", 1000, 1000, AgentTable::builtin());
    let mut statements: Vec<Statement> =
        statements(&[header("Content-Usage", "train-ai=y")], AgentTable::builtin(), "x");
    statements.extend(missing.statements(Speaker::PageSite, "/", "x"));
    for (name, stance) in [
        (PolicyName::Record, Stance::Allowed),
        (PolicyName::OptOut, Stance::Allowed),
        (PolicyName::Strict, Stance::Unknown),
        (PolicyName::OptIn, Stance::Unknown),
    ] {
        let policy = Policy::new(name, Purpose(UsageCategory::TrainAi));
        let verdict = judge(&SUBJECT, &statements, None, &policy);
        assert_eq!((verdict.stance, verdict.reasons.len()), (stance, 2), "{name}");
    }
}

#[test]
fn the_order_of_statements_leaves_no_trace() {
    let signals = [
        header("X-Robots-Tag", "noindex"),
        header("Content-Usage", "search=y"),
        header("X-Robots-Tag", "noai"),
        header("tdm-reservation", "1"),
        licence("https://creativecommons.org/licenses/by/4.0/"),
    ];
    let bytes = |signals: &[Signal]| {
        serde_json::to_string(&judged(signals, PolicyName::OptOut, UsageCategory::TrainGenai)).unwrap()
    };
    let mut reversed = signals.clone();
    reversed.reverse();
    assert_eq!(bytes(&signals), bytes(&reversed));
    assert_eq!(bytes(&signals), bytes(&signals));
}

#[test]
fn the_registry_head_is_kept() {
    let head = RegistryHead("sha256:00".to_owned());
    let policy = Policy::new(PolicyName::OptOut, Purpose(UsageCategory::TrainAi));
    assert_eq!(judge(&SUBJECT, &[], Some(&head), &policy).registry_head, Some(head));
}
