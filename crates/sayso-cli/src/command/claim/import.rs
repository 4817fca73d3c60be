use std::io::Write;
use std::num::NonZeroUsize;

use sayso::claims::{ImportOptions, ImportReport, Otherwise, RegistryPlace, import_claims};
use serde_json::json;

use super::now;
use crate::arguments::ClaimImport;
use crate::command::build::interrupt_on_signal;
use crate::command::threads;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(super) fn run(arguments: &ClaimImport) -> anyhow::Result<Outcome> {
    let wanted = &arguments.wanted;
    let options = ImportOptions {
        otherwise: Otherwise {
            preferences: wanted.preference.clone(),
            claimant: wanted.claimant.clone(),
            terms: wanted.terms.clone(),
        },
        batch: arguments.batch.min(MAX_BATCH),
        threads: threads(arguments.threads),
    };
    let interrupt = interrupt_on_signal()?;
    let is_there = arguments.input.exists() || arguments.input == std::path::Path::new("-");
    if !is_there {
        let input = arguments.input.display();
        anyhow::bail!("cannot read `{input}`: it is not there\nhint: name a CSV file, or a folder of pictures");
    }
    let (mut registry, key) =
        RegistryPlace::of(&arguments.at.registry).open_to_write(wanted.origin.as_deref(), now())?;
    let report = import_claims(&mut registry, &key, &arguments.input, &options, &now, interrupt, &mut |report| {
        // Whoever reads this knows that as much is durable; nobody is left to tell if standard error is gone.
        let _ = writeln!(std::io::stderr(), "{} on the log", counted(report.made + report.known, "claim"));
    })?;
    let head = registry.head()?;
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        let mut document = serde_json::to_value(&report)?;
        document["head"] = json!(head.head());
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else {
        text(&mut out, &report)?;
    }
    Ok(if report.rejected.is_empty() { Outcome::Done } else { Outcome::DoneWithDamage })
}

/// Claims of one change: they wait in memory.
const MAX_BATCH: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99_999);

fn text(out: &mut impl Write, report: &ImportReport) -> std::io::Result<()> {
    writeln!(out, "{} made, {} stood already", counted(report.made, "claim"), report.known)?;
    if report.too_plain > 0 {
        let pictures = counted(report.too_plain, "picture");
        writeln!(out, "{pictures} claimed by digest only: too little to see to be known again")?;
    }
    for (code, count) in &report.rejected {
        writeln!(out, "{count} x {code}")?;
    }
    for rejected in &report.examples {
        writeln!(out, "  {}: {}", harmless(&rejected.place), harmless(rejected.message.lines().next().unwrap_or("")))?;
    }
    Ok(())
}
