use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use sayso::claims::RegistryPlace;
use sayso::online::{Clock, SystemClock};
use sayso::takedown::{ReceiptsOf, Takedown, TakedownOptions, TakedownReport, Taken, receipts};
use sayso_registry::Registry;
use sayso_registry::claim::ClaimId;
use sayso_registry::log::SigningKey;

use super::receipt::ReceiptsTo;
use super::{receipt, threads};
use crate::arguments;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

/// Samples of a claim that are shown; `--json` has all of them.
const SHOWN: usize = 20;

pub(crate) fn run(arguments: &arguments::Takedown) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.registry).open()?;
    // Who cannot sign, or has nowhere to put receipts, is told before anything is changed.
    let receipts_to = match &arguments.receipt {
        Some(file) => {
            let key = receipt::key(arguments.key.key.as_deref())?;
            let inputs: Vec<PathBuf> = arguments.dirs.iter().chain([&arguments.registry]).cloned().collect();
            Some((file, ReceiptsTo::open(file, &inputs)?, key))
        }
        None => None,
    };
    let mut takedowns = decide(arguments, &mut registry)?;
    let carried_out = carry_out(arguments, &mut takedowns);
    let reports: Vec<&TakedownReport> = takedowns.iter().map(Takedown::report).collect();
    // Whatever went wrong with one of them: of what was taken out before, everything is told.
    let receipts = receipts_to.map_or(Ok(()), |(file, to, key)| {
        let written = write_receipts(to, &reports, &mut registry, &key)?;
        Ok(receipt::say(file, written, &key)?)
    });
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &serde_json::json!({ "datasets": reports }))?;
        writeln!(out)?;
    }
    if let (Err(_), Err(error)) = (&carried_out, &receipts) {
        crate::output::error(error);
    }
    carried_out?;
    receipts.map_err(|error: anyhow::Error| match reports.iter().any(|report| is_changed(report)) {
        true => error.context(
            "samples were taken out, and their receipts cannot be written\nhint: `sayso receipt` writes them later",
        ),
        false => error,
    })?;
    let is_any = reports.iter().any(|report| !report.taken.is_empty());
    Ok(if is_any { Outcome::Done } else { Outcome::No })
}

/// What goes of each dataset. Whatever can go wrong here does so before any of them is changed.
fn decide(arguments: &arguments::Takedown, registry: &mut Registry) -> anyhow::Result<Vec<Takedown>> {
    let (mut seen, mut takedowns) = (BTreeSet::new(), Vec::new());
    for dir in &arguments.dirs {
        // One that is named twice is held by whoever took it first.
        if dir.canonicalize().is_ok_and(|dir| !seen.insert(dir)) {
            continue;
        }
        let options = TakedownOptions {
            dir: dir.clone(),
            claims: arguments.claim.clone(),
            all: arguments.all,
            taken: arguments.claims,
            now: SystemClock.now(),
            threads: threads(arguments.threads),
            dry_run: arguments.dry_run,
        };
        takedowns.push(Takedown::decide(options, registry)?);
    }
    Ok(takedowns)
}

/// Takes it out of one after the other, up to the first that fails; the rest is left as it is.
fn carry_out(arguments: &arguments::Takedown, takedowns: &mut [Takedown]) -> anyhow::Result<()> {
    for takedown in takedowns {
        takedown.carry_out()?;
        if !arguments.json {
            text(&mut std::io::stdout().lock(), arguments, takedown.report())?;
        }
    }
    Ok(())
}

fn is_changed(report: &TakedownReport) -> bool {
    report.snapshot > report.from_snapshot
}

/// Writes receipts of all that was taken out, and says how many.
fn write_receipts(
    to: ReceiptsTo,
    reports: &[&TakedownReport],
    registry: &mut Registry,
    key: &SigningKey,
) -> anyhow::Result<u64> {
    let mut written = 0;
    to.write(|out| {
        for report in reports.iter().filter(|report| is_changed(report)) {
            let of = ReceiptsOf { snapshot: Some(report.snapshot), ..ReceiptsOf::default() };
            written += receipts(&report.dir, &of, registry, key, out)?;
        }
        Ok(())
    })?;
    Ok(written)
}

fn text(out: &mut impl Write, arguments: &arguments::Takedown, report: &TakedownReport) -> std::io::Result<()> {
    let mut by_claim: BTreeMap<ClaimId, Vec<&Taken>> = BTreeMap::new();
    for taken in &report.taken {
        by_claim.entry(taken.by.claim).or_default().push(taken);
    }
    for taken in by_claim.values() {
        let Some(first) = taken.first() else { continue };
        let by = &first.by;
        let subject = harmless(&by.subject);
        writeln!(out, "claim {} ({}): {subject}: {}", by.claim, by.state, counted(taken.len(), "sample"))?;
        for taken in taken.iter().take(SHOWN) {
            let near = taken.by.distance.map_or_else(String::new, |bits| format!("  ({bits} bits away)"));
            writeln!(out, "  {}  {}{near}", taken.uid, harmless(&taken.url))?;
        }
        if taken.len() > SHOWN {
            writeln!(out, "  and {} more; --json lists all", taken.len() - SHOWN)?;
        }
    }
    let dir = harmless(&report.dir.display().to_string());
    let (claims, count) = (counted(report.claims, "claim"), counted(report.taken.len(), "sample"));
    if report.taken.is_empty() {
        return writeln!(out, "{dir}: {claims} looked at, and nothing in it is theirs");
    }
    if arguments.dry_run {
        return writeln!(
            out,
            "{dir}: {count} would go because of {}; nothing was changed",
            counted(by_claim.len(), "claim")
        );
    }
    writeln!(out, "{dir}: {count} taken out, {} left; snapshot {}", report.samples, report.snapshot)?;
    writeln!(out, "decided against {}", harmless(&report.registry_head.0))?;
    writeln!(
        std::io::stderr(),
        "hint: their bytes are still in the folder\u{2019}s files; `sayso purge {dir}` removes them"
    )
}
