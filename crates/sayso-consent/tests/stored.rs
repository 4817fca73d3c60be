//! A stored verdict is enough to judge again, under any policy and for any purpose.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::Arc;

use proptest::prelude::*;
use sayso_consent::agents::AgentTable;
use sayso_consent::headers::header_signal;
use sayso_consent::robots::RobotsFetch;
use sayso_consent::{judge, statements, statements_of_reasons};
use sayso_core::{
    LicencePattern, OwnRules, Place, Policy, PolicyName, Purpose, Reason, ReasonCode, Signal, SignalKind, Speaker,
    Statement, Subject, UsageCategory, Verdict,
};

const SUBJECT: Subject<'_> = Subject { url: "https://example.org/a.jpg", page_url: "https://example.org/" };

fn any_of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(values.to_vec())
}

/// Signals as sites have them: each vocabulary, each kind of answer.
fn any_signals() -> impl Strategy<Value = Vec<Signal>> {
    let headers = any_of(&[
        ("X-Robots-Tag", "noai"),
        ("X-Robots-Tag", "noimageai, noindex"),
        ("X-Robots-Tag", "otherbot: noai"),
        ("tdm-reservation", "1"),
        ("tdm-reservation", "0"),
        ("tdm-reservation", "yes"),
        ("tdm-policy", "https://example.org/policy"),
        ("Content-Usage", "train-ai=n"),
        ("Content-Usage", "train-ai=y, search=y"),
        ("Content-Usage", "train-genai=n;exceptions=cc-cr"),
        ("Content-Usage", "!"),
        ("Content-Signal", "search=yes, ai-input=no, ai-train=no"),
        ("Content-Signal", "ai-train=yes"),
    ]);
    let licences = any_of(&[
        "https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by-nc/4.0/",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "https://unsplash.com/license",
        "/terms",
    ]);
    let speaker = any_of(&[Speaker::Page, Speaker::Picture]);
    let header = (speaker, headers)
        .prop_map(|(speaker, (name, value))| header_signal(speaker, name, value.as_bytes(), 500).unwrap());
    let licence = licences.prop_map(|licence| {
        let place = Place::Element { path: "a rel=license".to_owned() };
        Signal::found(SignalKind::Licence, Speaker::Page, place, licence.as_bytes(), 500)
    });
    proptest::collection::vec(prop_oneof![3 => header, 1 => licence], 0..6)
}

fn any_robots() -> impl Strategy<Value = RobotsFetch> {
    let answers = any_of(&[
        (200, ""),
        (200, "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"),
        (200, "User-agent: *\nDisallow: /\nContent-Usage: train-ai=n\n"),
        (200, "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n"),
        (404, ""),
        (503, ""),
    ]);
    answers.prop_map(|(status, body)| RobotsFetch::of_answer(status, body.as_bytes(), 5000, 500, AgentTable::builtin()))
}

fn any_statements() -> impl Strategy<Value = Vec<Statement>> {
    (any_signals(), any_robots()).prop_map(|(signals, robots)| {
        let mut all = statements(&signals, AgentTable::builtin(), "sayso");
        all.extend(robots.statements(Speaker::PageSite, "/", "sayso"));
        all
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let some = |values: &[&'static str]| proptest::collection::vec(any_of(values), 0..2);
    let licences = ["cc-by", "cc0", "cc-by-nc", "https://unsplash.com/license"];
    let codes = ["noindex", "robots-unreachable", "licence-unread", "no-statement"];
    let own = (some(&licences), some(&licences), some(&codes)).prop_map(|(a, b, codes)| {
        let patterns = |from: Vec<&str>| from.into_iter().map(LicencePattern::new).collect();
        Arc::new(OwnRules {
            name: "own".to_owned(),
            grant_licences: patterns(a),
            refuse_licences: patterns(b),
            refuse: codes.into_iter().map(|code| ReasonCode::stored(code.to_owned())).collect(),
        })
    });
    (any_of(PolicyName::ALL), any_of(UsageCategory::ALL), proptest::option::of(own))
        .prop_map(|(name, category, own)| Policy { name, purpose: Purpose(category), own })
}

fn stored_and_read(verdict: &Verdict) -> Vec<Reason> {
    serde_json::from_str(&serde_json::to_string(&verdict.reasons).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn judging_what_is_stored_is_judging_what_was_said(
        said in any_statements(), first in any_policy(), second in any_policy(),
    ) {
        let stored = stored_and_read(&judge(&SUBJECT, &said, None, &first));
        let again = judge(&SUBJECT, &statements_of_reasons(stored), None, &second);
        prop_assert_eq!(again, judge(&SUBJECT, &said, None, &second));
    }

    #[test]
    fn rules_of_ones_own_refuse_more_or_name_licences(said in any_statements(), policy in any_policy()) {
        use sayso_core::Decision;
        let plain = Policy { own: None, ..policy.clone() };
        let (with, without) = (judge(&SUBJECT, &said, None, &policy), judge(&SUBJECT, &said, None, &plain));
        // No reservation disappears.
        let disallowed = sayso_core::Stance::Disallowed;
        prop_assert_eq!(with.stance == disallowed, without.stance == disallowed);
        let names_licences = policy.own.as_ref().is_some_and(|own| !own.grant_licences.is_empty());
        if !names_licences && plain.decide(&without) == Decision::Refused {
            prop_assert_eq!(policy.decide(&with), Decision::Refused);
        }
        // What is refused for a code or a licence has it among its reasons, and first unless something was reserved.
        if plain.decide(&with) == Decision::Admitted && policy.decide(&with) == Decision::Refused {
            let own = policy.own.as_ref().unwrap();
            prop_assert!(with.reasons.iter().any(|reason| own.refuses_reason(reason)));
            prop_assert!(with.stance == disallowed || own.refuses_reason(with.reasons.first().unwrap()));
        }
    }
}

#[test]
fn reasons_without_what_else_was_said_still_count_for_their_purpose() {
    let old = r#"[{"code":"noai","stance":"disallowed","category":"train-genai","evidence":{"kind":"x-robots-tag",
        "speaker":"page","place":{"in":"header","name":"X-Robots-Tag"},"raw":"noai"}}]"#;
    let said = statements_of_reasons(serde_json::from_str(old).unwrap());
    let policy = |category| Policy::new(PolicyName::OptOut, Purpose(category));
    let stance = |category| judge(&SUBJECT, &said, None, &policy(category)).stance;
    assert_eq!(stance(UsageCategory::TrainGenai), sayso_core::Stance::Disallowed);
    assert_eq!(stance(UsageCategory::Search), sayso_core::Stance::Unknown);
}
