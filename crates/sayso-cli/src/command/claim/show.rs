use std::io::Write;

use sayso::claims::{RegistryPlace, claim_json, history_json};

use super::line;
use crate::arguments::ClaimOne;
use crate::exit::Outcome;
use crate::output::harmless;

pub(super) fn run(arguments: &ClaimOne) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.at.registry).open()?;
    let claim = registry.claim(arguments.claim)?;
    let history = registry.history(arguments.claim)?;
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        let mut document = claim_json(&claim);
        document["steps"] = history_json(&history);
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    writeln!(out, "{}", line(&claim))?;
    for step in &history {
        writeln!(out, "entry {} at {}", step.number, step.entry.at)?;
        writeln!(out, "  {}", harmless(&serde_json::to_string(&step.entry.event)?))?;
        for (field, opening) in &step.openings {
            writeln!(out, "  {field}: {}", harmless(&opening.value))?;
        }
    }
    Ok(Outcome::Done)
}
