use std::io::Write;
use std::path::Path;

use sayso::import::{ImportOptions, ImportReport, InputReport, import};
use sayso_core::Policy;

use super::build::{interrupt_on_signal, personal, set_aside};
use super::{captions, cluster, grounds, kept_out, limits, threads};
use crate::arguments::{FeaturesWhat, Import, ImportKind};
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run(arguments: Import) -> anyhow::Result<Outcome> {
    let elsewhere = cluster::importing(&arguments)?;
    let is_address = arguments.out.to_str().is_some_and(sayso::is_address);
    anyhow::ensure!(
        !is_address || elsewhere.is_some(),
        "this machine alone imports into a folder\nhint: name a folder, and send it with `sayso push`, or import with --cluster"
    );
    let options = ImportOptions {
        inputs: arguments.inputs,
        out: arguments.out,
        map: arguments.map,
        as_table: arguments.kind == ImportKind::Table,
        header: match (arguments.header, arguments.no_header) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        },
        policy: arguments.policy.policy(arguments.purpose)?,
        agent: arguments.agent,
        limits: limits(&arguments.limit)?,
        threads: threads(arguments.threads),
        memory_bytes: arguments.memory.saturating_mul(1 << 20),
        shard_rows: arguments.shard_rows,
        features: arguments.features == FeaturesWhat::Keypoints,
        captions: captions(&arguments.captions)?,
        registry: grounds(&arguments.claims, None)?,
        kept_out: kept_out(&arguments.tombstones)?,
    };
    let interrupt = interrupt_on_signal()?;
    let bar = Bar::new();
    let show = |progress| bar.show(progress);
    let report = match &elsewhere {
        Some(elsewhere) => elsewhere.import(&options, interrupt, &show),
        None => import(&options, interrupt, &show),
    };
    bar.done();
    let report = report?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        summary(&mut out, &options.out, &options.policy, &report)?;
    }
    let is_clean = report.aside.is_empty() && report.undecoded.count == 0 && report.set_aside.is_empty();
    Ok(if is_clean { Outcome::Done } else { Outcome::DoneWithDamage })
}

/// What a person wants to know at the end.
fn summary(out: &mut impl Write, dir: &Path, policy: &Policy, report: &ImportReport) -> std::io::Result<()> {
    for input in &report.inputs {
        taken_for(out, input)?;
    }
    for table in &report.left_out {
        writeln!(out, "{}: left out, it has no pairs", harmless(table))?;
    }
    let (rows, samples) = (counted(report.rows, "row"), counted(report.samples, "sample"));
    let refused = counted(report.exclusions, "pair");
    writeln!(out, "{rows}: {samples}, {refused} refused, {} seen before", report.duplicates)?;
    for (reason, count) in &report.exclusions_by_reason {
        writeln!(out, "  refused: {count} {reason}")?;
    }
    personal(out, &report.personal)?;
    if !report.aside.is_empty() {
        let path = dir.join("aside.jsonl");
        writeln!(out, "some rows are no pairs and lie in {}:", harmless(&path.display().to_string()))?;
        for (reason, count) in &report.aside {
            let first = count.examples.first().map(|first| format!(", first {}", harmless(first)));
            writeln!(out, "  {} {reason}{}", count.count, first.unwrap_or_default())?;
        }
    }
    if report.undecoded.count > 0 {
        let first = report.undecoded.examples.first().map(|first| format!(", first {}", harmless(first)));
        let pictures = counted(report.undecoded.count, "picture");
        writeln!(out, "{pictures} could not be decoded{}", first.unwrap_or_default())?;
    }
    set_aside(out, &report.set_aside)?;
    writeln!(out, "{} for {} under {policy}", harmless(&dir.display().to_string()), policy.purpose)
}

fn taken_for(out: &mut impl Write, input: &InputReport) -> std::io::Result<()> {
    let more = if input.files > 1 { format!(" and {} more", input.files - 1) } else { String::new() };
    let columns = match &input.dataset {
        Some(dataset) => format!("columns of {dataset}"),
        None => "columns by their names".to_owned(),
    };
    writeln!(out, "{}{more}: {columns}", harmless(&input.first))?;
    for (role, column) in &input.roles {
        writeln!(out, "  {role} is `{}`", harmless(column))?;
    }
    if !input.kept.is_empty() {
        writeln!(out, "  kept as they are: {}", harmless(&input.kept.join(", ")))?;
    }
    Ok(())
}
