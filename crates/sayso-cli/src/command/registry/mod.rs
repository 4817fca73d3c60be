mod audit;
mod operator;

use std::io::Write;

use sayso::claims::RegistryPlace;
use sayso_registry::log::{NoteKey, SignedNote};
use serde_json::json;

use crate::arguments::{Registry as Arguments, RegistryArguments, RegistryCommand, RegistryCosign, RegistryTiles};
use crate::exit::Outcome;
use crate::output::counted;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        RegistryCommand::Head(arguments) => head(arguments),
        RegistryCommand::Proof(arguments) => {
            let proof = RegistryPlace::of(&arguments.at.registry).open()?.prove(arguments.entry)?;
            document(&serde_json::to_value(proof)?)
        }
        RegistryCommand::Consistency(arguments) => {
            let mut registry = RegistryPlace::of(&arguments.at.registry).open()?;
            let size = arguments.size.map_or_else(|| registry.head().map(|head| head.size), Ok)?;
            document(&serde_json::to_value(registry.prove_consistency(arguments.old_size, size)?)?)
        }
        RegistryCommand::Audit(arguments) => audit::run(arguments),
        RegistryCommand::Tiles(arguments) => tiles(arguments),
        RegistryCommand::Cosign(arguments) => cosign(arguments),
        RegistryCommand::Operator(arguments) => operator::run(arguments),
    }
}

fn document(value: &serde_json::Value) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

fn head(arguments: &RegistryArguments) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.registry).open()?;
    let (head, note) = registry.signed_head()?;
    let key = registry.identity().key.to_string();
    if arguments.json {
        return document(&json!({
            "origin": head.origin, "size": head.size, "root": head.root.to_string(), "head": head.head(),
            "key": key, "checkpoint": note.to_string(),
        }));
    }
    // The note alone on standard output: it goes into a file, to another tool, to a witness.
    write!(std::io::stdout().lock(), "{note}")?;
    writeln!(std::io::stderr(), "it is verified by {key}")?;
    Ok(Outcome::Done)
}

fn tiles(arguments: &RegistryTiles) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.at.registry).open()?;
    let written = registry.write_tiles(&arguments.out)?;
    if arguments.at.json {
        return document(&json!({ "written": written, "head": registry.head()?.head() }));
    }
    writeln!(std::io::stdout().lock(), "{} written", counted(written, "file"))?;
    Ok(Outcome::Done)
}

fn cosign(arguments: &RegistryCosign) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.at.registry).open()?;
    let note: SignedNote = audit::note(&arguments.note)?;
    let witness: NoteKey = arguments.witness.parse()?;
    let seconds = registry.take_cosignature(&note, &witness)?;
    if arguments.at.json {
        return document(&json!({ "witness": witness.name(), "seconds": seconds }));
    }
    writeln!(std::io::stdout().lock(), "{} saw it {seconds} seconds after the start of 1970", witness.name())?;
    Ok(Outcome::Done)
}
