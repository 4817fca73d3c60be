use std::io::{self, Write};
use std::path::Path;

use sayso::check::{CheckOptions, Checked, Fault, Origin};
use sayso_core::{Policy, Reason};
use serde_json::{Value, json};

use super::{Answer, word};
use crate::command::show::reason_json;

/// The version of what is printed; `docs/reference/check.md` describes it.
const VERSION: u32 = 1;

/// One JSON document, written as it comes to be: each picture on a line of its own, the numbers behind all of them.
pub(super) struct JsonOutput<W> {
    out: W,
    is_first: bool,
    policy: Policy,
}

impl<W: Write> JsonOutput<W> {
    pub(super) fn new(mut out: W, options: &CheckOptions) -> io::Result<Self> {
        let (purpose, policy) = (json!(options.policy.purpose), json!(options.policy.to_string()));
        write!(out, "{{\"version\":{VERSION},\"purpose\":{purpose},\"policy\":{policy},")?;
        if let Some(registry) = &options.registry {
            write!(out, "\"registry_head\":{},", json!(registry.head()))?;
        }
        write!(out, "\"pictures\":[")?;
        Ok(Self { out, is_first: true, policy: options.policy.clone() })
    }

    pub(super) fn add(&mut self, checked: &Checked) -> io::Result<()> {
        self.out.write_all(if std::mem::take(&mut self.is_first) { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.out, &picture(checked, &self.policy)).map_err(io::Error::from)
    }

    pub(super) fn finish(mut self, answer: &Answer<'_>) -> io::Result<()> {
        let summary = answer.summary;
        let moved = answer.moved.moved.iter();
        let moved: Vec<_> = moved
            .map(|moved| json!({ "from": moved.from.display().to_string(), "to": moved.to.display().to_string() }))
            .collect();
        let not_moved = answer.moved.stayed.iter();
        let not_moved = not_moved.map(|(path, why)| json!({ "path": path.display().to_string(), "why": why }));
        let bad = summary.faults.iter().map(|(kind, count)| {
            let examples: Vec<_> = count.examples.iter().map(fault_with_place).collect();
            json!({ "kind": kind.as_str(), "count": count.count, "examples": examples })
        });
        let decided = summary.reasons.iter();
        let decided: Vec<_> =
            decided.map(|((stance, code), count)| json!({ "stance": stance, "code": code, "count": count })).collect();
        let numbers = json!({
            "checked": summary.checked,
            "refused": summary.refused,
            "allowed": summary.allowed,
            "unknown": summary.unknown,
            "disallowed": summary.disallowed,
            "not_asked": summary.unasked,
            "other_files": summary.others,
            "decided": decided,
            "bad": bad.collect::<Vec<_>>(),
            "moved": moved,
            "not_moved": not_moved.collect::<Vec<_>>(),
        });
        self.out.write_all(b"\n]")?;
        // The rest of the same object.
        let numbers = numbers.to_string();
        writeln!(self.out, ",{}", numbers.strip_prefix('{').unwrap_or_default())?;
        self.out.flush()
    }
}

fn picture(checked: &Checked, policy: &Policy) -> Value {
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
        "decision": word(checked.decision),
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
