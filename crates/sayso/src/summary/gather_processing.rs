//! Section 3: what became of reservations, by protocol.

use std::collections::BTreeMap;

use super::form::Form;
use super::gather::{masked, words};
use super::measure::Measured;
use super::protocols::{PROTOCOLS, is_said, protocol_of};
use super::shape::{CodeCount, IllegalContent, Processing, ProtocolCode, ProtocolCount, Reservations};
use crate::card::CardOrigin;

pub(super) fn processing(all: &[Measured], form: &Form) -> Processing {
    // By code: refused, and in a dataset all the same.
    let mut codes: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for measured in all {
        for (code, count) in &measured.manifest.exclusions_by_reason {
            codes.entry(code).or_default().0 += count;
        }
        for (code, count) in &measured.counts.kept_though_reserved {
            codes.entry(code).or_default().1 += count;
        }
    }
    let protocols: Vec<ProtocolCount> = PROTOCOLS
        .iter()
        .map(|protocol| {
            let of = codes.iter().filter(|(code, _)| protocol_of(code) == Some(protocol));
            let of = of.map(|(code, (refused, kept))| ProtocolCode {
                code: (*code).to_owned(),
                refused: *refused,
                kept: *kept,
            });
            let codes: Vec<ProtocolCode> = of.collect();
            let sum = |said: bool| codes.iter().filter(|it| is_said(&it.code) == said).map(|it| it.refused).sum();
            ProtocolCount {
                protocol: protocol.id.to_owned(),
                name: protocol.name.to_owned(),
                honoured: sum(true),
                refused_in_doubt: sum(false),
                kept: codes.iter().map(|it| it.kept).sum(),
                codes,
            }
        })
        .collect();
    let otherwise = codes.iter().filter(|(code, (refused, _))| protocol_of(code).is_none() && *refused > 0);
    Processing {
        reservations: Reservations {
            code_of_practice: form.reservations.code_of_practice,
            measures: all.iter().map(policy_of).chain(words(&form.reservations.measures)).collect(),
            protocols,
            refused_otherwise: otherwise
                .map(|(code, (refused, _))| CodeCount { code: (*code).to_owned(), refused: *refused })
                .collect(),
            comments: words(&form.reservations.comments),
        },
        illegal_content: IllegalContent { measures: words(&form.illegal_content.measures) },
        other: all.iter().flat_map(facts_of).chain(words(&form.processing.other)).collect(),
    }
}

/// What a dataset's policy does with reservations.
fn policy_of(measured: &Measured) -> String {
    let manifest = &measured.manifest;
    let does = match manifest.policy {
        sayso_core::PolicyName::Record => "records reservations and refuses nothing",
        sayso_core::PolicyName::OptOut => "refuses what is reserved",
        sayso_core::PolicyName::Strict => "refuses what is reserved and what says nothing or cannot be read",
        sayso_core::PolicyName::OptIn => "takes only what is granted",
    };
    format!(
        "{}: judged for {} under the policy {}, which {does}; {} pairs were refused.",
        masked(&measured.name),
        manifest.purpose.0.as_str(),
        manifest.policy.as_str(),
        manifest.exclusion_rows()
    )
}

/// What else is known of how a dataset was processed.
fn facts_of(measured: &Measured) -> Vec<String> {
    let name = masked(&measured.name);
    let duplicates = match &measured.origin {
        Some(CardOrigin::Crawl { duplicates, .. } | CardOrigin::Tables { duplicates, .. }) => *duplicates,
        None => 0,
    };
    let removed: u64 = measured.manifest.tombstones.iter().map(|entry| entry.rows).sum();
    let personal = measured.personal.iter().map(|(kind, count)| {
        format!("{name}: captions in which personal data was found ({}): {count}.", kind.replace('-', " "))
    });
    let counted = [
        (duplicates, "pairs that were the same as an earlier one were merged"),
        (removed, "samples were removed, or kept out since they were removed elsewhere"),
    ];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    counted.map(|(count, what)| format!("{name}: {count} {what}.")).chain(personal).collect()
}
