use std::io::{Read, Write};
use std::path::Path;

use sayso::claims::RegistryPlace;
use sayso_registry::RegistryError;
use sayso_registry::log::SignedNote;
use serde_json::json;

use crate::arguments::RegistryAudit;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

/// Bytes of a note.
const NOTE_BYTES: u64 = 1 << 20;

/// Reads a signed note.
pub(super) fn note(file: &Path) -> anyhow::Result<SignedNote> {
    let mut text = String::new();
    fs_err::File::open(file)?.take(NOTE_BYTES).read_to_string(&mut text)?;
    Ok(text.parse()?)
}

pub(super) fn run(arguments: &RegistryAudit) -> anyhow::Result<Outcome> {
    let mut faults = Vec::new();
    let mut registry = match RegistryPlace::of(&arguments.at.registry).open() {
        // A head that is not that of the entries is what an audit is there to find.
        Err(sayso::Error::Registry(RegistryError::Fork(fork))) => {
            return say(
                arguments,
                &json!({ "faults": [{ "entry": null, "what": fork.to_string() }] }),
                &[fork.to_string()],
            );
        }
        opened => opened?,
    };
    let audit = registry.audit()?;
    for fault in &audit.faults {
        let at = fault.number.map(|number| format!("entry {number}: ")).unwrap_or_default();
        faults.push(format!("{at}{}", fault.what));
    }
    for file in &arguments.against {
        match registry.compare(&note(file)?) {
            Ok(_) => {}
            Err(error @ (RegistryError::Fork(_) | RegistryError::Note { .. })) => {
                faults.push(format!("{}: {error}", file.display()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let document = json!({
        "head": audit.head.head(), "entries": audit.head.size, "claims": audit.claims, "opened": audit.opened,
        "erased": audit.erased, "faults": faults,
    });
    say(arguments, &document, &faults)
}

fn say(arguments: &RegistryAudit, document: &serde_json::Value, faults: &[String]) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        serde_json::to_writer_pretty(&mut out, document)?;
        writeln!(out)?;
    } else {
        for fault in faults {
            writeln!(out, "{}", harmless(fault))?;
        }
        let number = |name: &str| document.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default();
        let (entries, claims) = (counted(number("entries"), "entry"), counted(number("claims"), "claim"));
        let entries = entries.replace("entrys", "entries");
        writeln!(
            out,
            "{entries}, {claims}, {} of commitments erased; {}",
            number("erased"),
            counted(faults.len(), "fault")
        )?;
    }
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::No })
}
