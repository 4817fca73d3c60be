//! What would change a decision is tried: with the change, it is the other one, and with less it is not.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use proptest::prelude::*;
use sayso_consent::agents::AgentTable;
use sayso_consent::changes::{Change, changes};
use sayso_consent::headers::header_signal;
use sayso_consent::robots::RobotsFetch;
use sayso_consent::{codes, judge, statements};
use sayso_core::{
    Decision, Place, Policy, PolicyName, Preference, Purpose, Signal, SignalKind, Speaker, Stance, Statement, Subject,
    UsageCategory,
};

const SUBJECT: Subject<'_> = Subject { url: "https://example.org/a.jpg", page_url: "" };

fn decision(statements: &[Statement], policy: &Policy) -> Decision {
    policy.decide(&judge(&SUBJECT, statements, None, policy))
}

fn said(category: UsageCategory, stance: Stance) -> Statement {
    let code = if stance == Stance::Allowed { codes::CONTENT_USAGE_GRANTED } else { codes::CONTENT_USAGE_RESERVED };
    with_code(&[category], stance, code)
}

fn with_code(categories: &[UsageCategory], stance: Stance, code: &sayso_core::ReasonCode) -> Statement {
    let place = Place::Header { name: "X".to_owned() };
    let (kind, speaker) = (SignalKind::ContentUsage, Speaker::PictureSite);
    let signal = Signal { kind, speaker, place, raw: String::new(), at_bytes: None, record: None, captured_at: None };
    let preference = |&category| Preference { category, stance, code: code.clone() };
    Statement::new(signal, categories.iter().map(preference).collect())
}

/// The ways in which a change can come about: for each of the uses it names, one.
fn applied(before: &[Statement], change: &Change) -> Vec<Vec<Statement>> {
    let gone = |at: usize| change.withdrawn().iter().any(|standing| standing.at == at);
    let kept: Vec<_> = before.iter().enumerate().filter(|(at, _)| !gone(*at)).map(|(_, said)| said.clone()).collect();
    let with = |added: Statement| [kept.clone(), vec![added]].concat();
    match change {
        Change::Withdrawal { .. } => vec![kept],
        Change::Grant { uses, .. } => uses.iter().map(|&category| with(said(category, Stance::Allowed))).collect(),
        Change::Reservation { uses } => uses.iter().map(|&category| with(said(category, Stance::Disallowed))).collect(),
        Change::FreeLicence { .. } => vec![with(with_code(UsageCategory::ALL, Stance::Unknown, codes::LICENCE_FREE))],
        Change::OtherLicence => vec![with(with_code(UsageCategory::ALL, Stance::Unknown, codes::LICENCE_UNREAD))],
    }
}

/// The same change, one of its withdrawals left undone.
fn smaller(change: &Change) -> Vec<Change> {
    let less = |at: usize| {
        let mut change = change.clone();
        if let Change::Withdrawal { withdrawn } | Change::Grant { withdrawn, .. } | Change::FreeLicence { withdrawn } =
            &mut change
        {
            withdrawn.remove(at);
        }
        change
    };
    (0..change.withdrawn().len()).map(less).collect()
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let codes: Vec<_> = codes::CODES.iter().map(|entry| entry.code).collect();
    let preference = (
        proptest::sample::select(UsageCategory::ALL),
        proptest::sample::select(Stance::ALL),
        proptest::sample::select(codes),
    );
    prop_oneof![
        4 => proptest::collection::vec(preference, 0..3).prop_map(|said| {
            let mut statement = with_code(&[], Stance::Unknown, codes::NOAI);
            for (category, stance, code) in said {
                statement.preferences.push(Preference { category, stance, code: code.clone() });
            }
            statement
        }),
        1 => Just(with_code(UsageCategory::ALL, Stance::Unknown, codes::LICENCE_FREE)),
        1 => Just(with_code(UsageCategory::ALL, Stance::Unknown, codes::LICENCE_RESTRICTED)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_the_change_the_decision_is_the_other_one_and_with_less_it_is_not(
        before in proptest::collection::vec(any_statement(), 0..8),
        name in proptest::sample::select(PolicyName::ALL),
        purpose in proptest::sample::select(UsageCategory::ALL),
    ) {
        let policy = Policy::new(name, Purpose(purpose));
        let decided = decision(&before, &policy);
        let found = changes(&SUBJECT, &before, &policy);
        prop_assert_eq!(found.is_empty(), name == PolicyName::Record);
        for change in &found {
            let ways = applied(&before, change);
            prop_assert!(!ways.is_empty());
            for after in ways {
                prop_assert_ne!(decision(&after, &policy), decided, "{}", change);
            }
            for less in smaller(change) {
                for after in applied(&before, &less) {
                    prop_assert_eq!(decision(&after, &policy), decided, "{}", less);
                }
            }
            let text = change.to_string();
            prop_assert!(!text.ends_with('.') && !text.contains('\n'), "{}", text);
        }
    }

    #[test]
    fn a_statement_in_the_way_may_as_well_turn_into_a_grant(
        before in proptest::collection::vec(any_statement(), 0..8), purpose in proptest::sample::select(UsageCategory::ALL),
    ) {
        let policy = Policy::new(PolicyName::Strict, Purpose(purpose));
        prop_assume!(decision(&before, &policy) == Decision::Refused);
        for change in changes(&SUBJECT, &before, &policy) {
            let mut after = before.clone();
            for standing in change.withdrawn() {
                after[standing.at] = said(purpose, Stance::Allowed);
            }
            prop_assert!(change.withdrawn().is_empty() || decision(&after, &policy) == Decision::Admitted);
        }
    }
}

fn of(headers: &[(&str, &str)], name: PolicyName) -> Vec<String> {
    let signal = |&(name, value): &(&str, &str)| header_signal(Speaker::Page, name, value.as_bytes(), 100);
    let signals: Vec<_> = headers.iter().filter_map(signal).collect();
    let policy = Policy::new(name, Purpose(UsageCategory::TrainGenai));
    let said = statements(&signals, AgentTable::builtin(), "saysobot");
    changes(&SUBJECT, &said, &policy).iter().map(ToString::to_string).collect()
}

#[test]
fn a_refusal_names_all_that_stands_in_the_way() {
    let refused = [("X-Robots-Tag", "noai"), ("X-Robots-Tag", "noindex"), ("tdm-reservation", "1")];
    let both = "all of these 2 statements would have to go: the page's header `X-Robots-Tag: noai` reserves AI training; \
                the page's header `tdm-reservation: 1` reserves text and data mining";
    assert_eq!(of(&refused, PolicyName::OptOut), [both]);
    let grant = "one of these uses: text and data mining, AI training or training of generative AI, would have to be \
                 granted, by the page, its site or the picture's file";
    assert_eq!(of(&refused, PolicyName::Strict), [format!("{grant}; and {both}")]);
    assert_eq!(of(&[], PolicyName::Strict), [grant]);
    let licence = "a free licence (CC0, CC BY or public domain) would have to be stated";
    assert_eq!(of(&[], PolicyName::OptIn), [grant, licence]);
    // Where something grants already, it is enough that the rest goes.
    let granted = [("Content-Usage", "train-ai=y"), ("X-Robots-Tag", "noai")];
    let one = "this statement would have to go: the page's header `X-Robots-Tag: noai` reserves AI training";
    assert_eq!(of(&granted, PolicyName::Strict), [one]);
    assert_eq!(of(&refused, PolicyName::Record), Vec::<String>::new());
}

#[test]
fn an_admission_names_what_would_end_it() {
    let reserve = "one of these uses: text and data mining, AI training or training of generative AI, would have to be \
                   reserved, by whomever";
    assert_eq!(of(&[], PolicyName::OptOut), [reserve]);
    let rests = "this statement would have to go: the page's header `Content-Usage: train-ai=y` grants AI training";
    let with_part = "one of these uses: text and data mining, AI training, training of generative AI or imitation by \
                     fine-tuning, would have to be reserved, by whomever";
    assert_eq!(of(&[("Content-Usage", "train-ai=y")], PolicyName::Strict), [with_part, rests]);
}

#[test]
fn a_robots_txt_that_was_not_to_be_had_stands_in_the_way() {
    let policy = Policy::new(PolicyName::Strict, Purpose(UsageCategory::TrainAi));
    let mut said = vec![said(UsageCategory::TrainAi, Stance::Allowed)];
    let missing = RobotsFetch::of_answer(403, b"", 1000, 1000, AgentTable::builtin());
    said.extend(missing.statements(Speaker::PageSite, "/", "x"));
    let found = changes(&SUBJECT, &said, &policy);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].withdrawn()[0].at, 1);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json[0]["change"], "withdrawal");
    assert_eq!(json[0]["withdrawn"][0]["reason"]["code"], "robots-unreachable");
}
