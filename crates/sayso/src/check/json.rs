//! What was checked as JSON: what the command prints with `--json`, and what other programs get.

use std::path::Path;

use sayso_core::{Decision, Policy, Reason};
use serde_json::{Value, json};

use super::{CheckOptions, CheckSummary, Checked, Fault, MoveReport, Origin};
use crate::library::reason_json;

/// The version of the document; `docs/reference/check.md` describes it.
pub const CHECK_JSON_VERSION: u32 = 1;

/// The decision in a word.
#[must_use]
pub const fn decision_word(decision: Decision) -> &'static str {
    match decision {
        Decision::Admitted => "admitted",
        Decision::Refused => "refused",
    }
}

/// The whole document, for whoever has room for all pictures at once.
#[must_use]
pub fn check_json(options: &CheckOptions, pictures: Vec<Value>, summary: &CheckSummary) -> Value {
    let mut document = summary_json(summary, &MoveReport::default());
    if let Some(members) = document.as_object_mut() {
        members.insert("version".to_owned(), json!(CHECK_JSON_VERSION));
        members.insert("purpose".to_owned(), json!(options.policy.purpose));
        members.insert("policy".to_owned(), json!(options.policy.to_string()));
        if let Some(registry) = &options.registry {
            members.insert("registry_head".to_owned(), json!(registry.head()));
        }
        members.insert("pictures".to_owned(), Value::Array(pictures));
    }
    document
}

/// A picture or an address.
#[must_use]
pub fn checked_json(checked: &Checked, policy: &Policy) -> Value {
    let (path, member, row) = match &checked.origin {
        Origin::File(path) => (Some(path.as_path()), None, None),
        Origin::Member { tar, name, .. } => (Some(tar.as_ref()), Some(name), None),
        Origin::Row { table, number } => (Some(table.as_ref()), None, Some(number)),
        Origin::Url(_) => (None, None, None),
    };
    let reasons: Vec<_> = checked.verdict.reasons.iter().map(reason).collect();
    let bad = checked.faults.iter().map(|fault| json!({ "kind": fault.kind.as_str(), "message": fault.message }));
    let mut picture = json!({
        "path": path.map(|path| path.display().to_string()),
        "member": member,
        "row": row,
        "url": checked.url,
        "decision": decision_word(checked.decision),
        "stance": checked.verdict.stance,
        "why": checked.why(),
        "reasons": reasons,
        "changes": checked.changes(policy),
        "asked": checked.was_asked,
        "bad": bad.collect::<Vec<_>>(),
        "creator": checked.creator,
        "rights": checked.rights,
        "licence": checked.licence,
        "caption": checked.caption,
        "page_url": checked.page_url,
    });
    if let (Some(members), Some(bytes)) = (picture.as_object_mut(), path.and_then(no_text)) {
        members.insert("path_bytes".to_owned(), Value::String(bytes));
    }
    picture
}

/// The numbers behind all pictures.
#[must_use]
pub fn summary_json(summary: &CheckSummary, moved: &MoveReport) -> Value {
    let not_moved = moved.stayed.iter();
    let not_moved = not_moved.map(|(path, why)| json!({ "path": path.display().to_string(), "why": why }));
    let moved = moved.moved.iter();
    let moved =
        moved.map(|moved| json!({ "from": moved.from.display().to_string(), "to": moved.to.display().to_string() }));
    let bad = summary.faults.iter().map(|(kind, count)| {
        let examples: Vec<_> = count.examples.iter().map(fault_with_place).collect();
        json!({ "kind": kind.as_str(), "count": count.count, "examples": examples })
    });
    let decided = summary.reasons.iter();
    let decided = decided.map(|((stance, code), count)| json!({ "stance": stance, "code": code, "count": count }));
    json!({
        "checked": summary.checked,
        "refused": summary.refused,
        "allowed": summary.allowed,
        "unknown": summary.unknown,
        "disallowed": summary.disallowed,
        "not_asked": summary.unasked,
        "other_files": summary.others,
        "decided": decided.collect::<Vec<_>>(),
        "bad": bad.collect::<Vec<_>>(),
        "moved": moved.collect::<Vec<_>>(),
        "not_moved": not_moved.collect::<Vec<_>>(),
    })
}

fn reason(reason: &Reason) -> Value {
    let mut json = reason_json(reason);
    if let Some(sentence) = json.get_mut("sentence") {
        *sentence = json!(Checked::sentence_of(reason));
    }
    json
}

fn fault_with_place(fault: &Fault) -> Value {
    json!({ "place": fault.place, "message": fault.message })
}

/// The bytes of a path that is no text, in hexadecimal: JSON is text, and such a file has to be found all the same.
fn no_text(path: &Path) -> Option<String> {
    if path.to_str().is_some() {
        return None;
    }
    let bytes = path.as_os_str().as_encoded_bytes();
    Some(bytes.iter().fold(String::with_capacity(bytes.len() * 2), |hex, byte| format!("{hex}{byte:02x}")))
}
