//! The lists of the most relevant domains: long enough, in order, each domain once, no more than the whole.

use std::collections::HashSet;

use serde_json::Value;

use super::super::bins::domains_to_name;
use super::Complaints;
use super::view::View;

const PLACE: &str = "/sources/crawled/domains";

/// Complains of lists of domains that cannot be.
pub(super) fn check(view: &View<'_>, complaints: &mut Complaints) {
    let number = |field: &str| view.number(&format!("{PLACE}/{field}"));
    let (Some(total), Some(is_small)) = (number("total"), view.truth(&format!("{PLACE}/is_small_provider"))) else {
        return;
    };
    let to_name = domains_to_name(total, is_small);
    if number("to_name").is_some_and(|said| said != to_name) {
        complaints.add(format!("{PLACE}/to_name"), format!("of {total} domains {to_name} are to be named"));
    }
    let with_bytes = number("total_with_bytes").unwrap_or(total);
    if with_bytes > total {
        complaints.add(format!("{PLACE}/total_with_bytes"), format!("there are {total} domains in all"));
    }
    if number("samples_with_bytes") > number("samples") {
        complaints.add(format!("{PLACE}/samples_with_bytes"), "there are more of them than samples".to_owned());
    }
    list(view, "by_samples", "samples", total, to_name, complaints);
    list(view, "by_bytes", "bytes", with_bytes.min(total), to_name.min(with_bytes), complaints);
    let crawled =
        view.list("/datasets").iter().filter(|it| it.get("source").and_then(Value::as_str) == Some("crawled"));
    let crawled: Vec<u64> = crawled.filter_map(|it| it.get("samples")?.as_u64()).collect();
    let sum = crawled.iter().copied().fold(0, u64::saturating_add);
    if !crawled.is_empty() && number("samples").is_some_and(|samples| samples > sum) {
        complaints.add(format!("{PLACE}/samples"), format!("the crawled datasets have {sum}"));
    }
}

/// One list, which is sorted by `key` and has at least `least` of `total` domains.
fn list(view: &View<'_>, name: &str, key: &str, total: u64, least: u64, complaints: &mut Complaints) {
    let place = format!("{PLACE}/{name}");
    let rows = view.list(&place);
    let named = rows.len() as u64;
    if named < least {
        complaints.add(&*place, format!("it names {named} domains, and {least} are to be named"));
    }
    if named > total {
        complaints.add(&*place, format!("it names {named} domains of {total}"));
    }
    let of = |row: &Value, field: &str| row.get(field).and_then(Value::as_u64).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut before = u64::MAX;
    for (number, row) in rows.iter().enumerate() {
        let domain = row.get("domain").and_then(Value::as_str).unwrap_or_default();
        if !seen.insert(domain) {
            complaints.add(format!("{place}/{number}/domain"), "the domain stands there twice".to_owned());
        }
        if of(row, key) > before {
            complaints.add(format!("{place}/{number}/{key}"), "it is more than that of the domain before".to_owned());
        }
        before = of(row, key);
        if of(row, "samples_with_bytes") > of(row, "samples") {
            complaints
                .add(format!("{place}/{number}/samples_with_bytes"), "there are more of them than samples".to_owned());
        }
    }
    for field in ["samples", "bytes", "samples_with_bytes"] {
        let sum = rows.iter().map(|row| of(row, field)).fold(0, u64::saturating_add);
        let Some(whole) = view.number(&format!("{PLACE}/{field}")) else { continue };
        if sum > whole {
            complaints.add(format!("{PLACE}/{field}"), format!("the domains of `{name}` alone have {sum}"));
        } else if named == total && total > 0 && sum != whole && (name == "by_samples" || field != "samples") {
            complaints.add(format!("{PLACE}/{field}"), format!("all domains together have {sum}"));
        }
    }
}
