use std::io::Write;

use sayso::receipts::Conflict;
use sayso_core::Uid;
use sayso_registry::entry::Event;
use sayso_registry::log::NoteKey;
use sayso_registry::receipt::{ReceiptFault, Verified};
use serde_json::{Value, json};

use super::{Sum, Verdict, in_words};
use crate::arguments::Verify;
use crate::output::harmless;

/// What goes to standard output, a verdict at a time: a file may hold more of them than fit into memory.
pub(super) struct Report<'a> {
    arguments: &'a Verify,
    /// Verdicts that were written.
    written: u64,
}

impl<'a> Report<'a> {
    pub(super) fn new(arguments: &'a Verify) -> Self {
        Self { arguments, written: 0 }
    }

    pub(super) fn verdict(&mut self, line: u64, verdict: &Verdict) -> anyhow::Result<()> {
        if self.arguments.json {
            let mut document = match verdict {
                Verdict::Holds(verified) => verified_json(verified),
                Verdict::Fault(fault) => fault_json(fault),
                Verdict::Fork(conflict) => fork_json(conflict),
            };
            document["line"] = line.into();
            return self.element(&document);
        }
        match verdict {
            Verdict::Holds(verified) => self.holds(line, verified),
            Verdict::Fault(fault @ ReceiptFault::NoKey { .. }) => {
                let what = "all proofs lead to what the statements say; who signed them was not checked";
                self.say(line, &format!("unknown ({}): {what}", fault.code()))
            }
            Verdict::Fault(fault) => self.say(line, &format!("does not hold ({}): {fault}", fault.code())),
            Verdict::Fork(conflict) => self.say(line, &format!("does not hold (fork): {}", fork(conflict))),
        }
    }

    /// That no receipt of many is about the sample that was asked for.
    pub(super) fn none_about(&mut self, wanted: Option<Uid>, read: u64) -> anyhow::Result<()> {
        let uid = wanted.map(|uid| uid.to_string()).unwrap_or_default();
        let fault = format!("none of {read} receipts is for `{uid}`");
        if self.arguments.json {
            return self.element(&json!({ "holds": false, "fault": "other-uid", "why": fault }));
        }
        Ok(writeln!(std::io::stdout().lock(), "does not hold (other-uid): {fault}")?)
    }

    /// That a statement to compare with is none of the builder's.
    pub(super) fn unfit(&mut self, place: &str, why: &str) -> anyhow::Result<()> {
        if self.arguments.json {
            return self.element(&json!({ "against": place, "holds": false, "fault": "against", "why": why }));
        }
        self.print(&format!("{place}: {why}"))
    }

    /// That two statements of the builder contradict each other.
    pub(super) fn fork(&mut self, conflict: &Conflict) -> anyhow::Result<()> {
        if self.arguments.json {
            return self.element(&fork_json(conflict));
        }
        self.print(&fork(conflict))
    }

    pub(super) fn end(&mut self, sum: &Sum, read: u64) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.arguments.json {
            let open = if self.written == 0 { "{\"verdicts\":[" } else { "" };
            let Sum { hold, fail, unknown, others } = sum;
            let sum = json!({ "receipts": read, "hold": hold, "fail": fail, "unknown": unknown, "others": others });
            writeln!(out, "{open}],\n\"sum\":{sum}}}")?;
        } else if read > 1 {
            writeln!(out, "{}", in_words(sum, read))?;
        }
        Ok(())
    }

    /// One element of the document's list of verdicts.
    fn element(&mut self, document: &Value) -> anyhow::Result<()> {
        let open = if self.written == 0 { "{\"verdicts\":[" } else { "," };
        self.written += 1;
        Ok(writeln!(std::io::stdout().lock(), "{open}{document}")?)
    }

    fn say(&mut self, line: u64, what: &str) -> anyhow::Result<()> {
        self.print(&format!("{} line {line}: {what}", self.arguments.receipt))
    }

    fn print(&mut self, text: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        for line in text.lines() {
            writeln!(out, "{}", harmless(line))?;
        }
        Ok(())
    }

    fn holds(&mut self, line: u64, verified: &Verified) -> anyhow::Result<()> {
        let Verified { uid, before, after, entry_number, entry, checkpoint, .. } = verified;
        self.say(line, &format!("holds: sample {uid}"))?;
        self.print(&format!(
            "  was in snapshot {} of `{}`, among {} samples, and is not in snapshot {}, among {}",
            before.snapshot, before.dataset, before.uids, after.snapshot, after.uids
        ))?;
        let claimed = claimed(&entry.event);
        self.print(&format!(
            "  because of entry {entry_number} of `{}`, of {}: a claim on {claimed}",
            checkpoint.origin, entry.at
        ))?;
        self.print(&format!("  signed by {}", signer(&verified.builder)))?;
        let head = if verified.is_registry_verified {
            format!("  and its log of {} entries by the registry", checkpoint.size)
        } else {
            "  the registry's signature on its log was not checked: no --registry-key was given".to_owned()
        };
        self.print(&head)
    }
}

/// The name and id of a key.
fn signer(key: &NoteKey) -> String {
    let [a, b, c, d] = key.id();
    format!("{}+{a:02x}{b:02x}{c:02x}{d:02x}", key.name())
}

/// What a claim is about and wants. Addresses and accounts do not stand on a log.
fn claimed(event: &Event) -> String {
    let Event::Asserted { subject, preferences, .. } = event else { return String::new() };
    let about = subject
        .told()
        .map_or_else(|| format!("a {} that the log does not tell", subject.kind), |subject| subject.to_string());
    let wishes: Vec<String> = preferences.iter().map(|(category, wish)| format!("{category} {wish}")).collect();
    format!("{about}: {}", wishes.join(", "))
}

fn fork(conflict: &Conflict) -> String {
    let Conflict { fork, one, other } = conflict;
    let text = fork.to_string();
    let (sentence, hint) = text.split_once('\n').unwrap_or((&text, ""));
    format!("{sentence}: {one}, and {other}\n{hint}")
}

fn fork_json(conflict: &Conflict) -> Value {
    let Conflict { fork, one, other } = conflict;
    json!({ "holds": false, "fault": "fork", "why": fork.to_string(), "between": [one, other] })
}

fn fault_json(fault: &ReceiptFault) -> Value {
    json!({ "holds": false, "fault": fault.code(), "why": fault.to_string() })
}

fn verified_json(verified: &Verified) -> Value {
    let Verified { uid, before, after, entry_number, entry, checkpoint, is_registry_verified, .. } = verified;
    let snapshot = |of: &sayso_registry::receipt::SnapshotStatement| {
        json!({
            "snapshot": of.snapshot, "uids": of.uids, "root": of.root.to_string(), "manifest": of.manifest.to_string(),
            "registry_head": of.registry.as_ref().map(|head| head.head().0),
        })
    };
    json!({
        "holds": true, "uid": uid.to_string(), "dataset": before.dataset, "before": snapshot(before), "after": snapshot(after),
        "claim": { "number": entry_number, "entry": entry, "head": checkpoint.head().0 },
        "key": verified.builder.to_string(), "registry_verified": is_registry_verified,
    })
}
