use std::io::Write;

use sayso::purge::{PurgeOptions, PurgeReport, purge};

use super::build::interrupt_on_signal;
use super::threads;
use crate::arguments::Purge;
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Purge) -> anyhow::Result<Outcome> {
    let interrupt = interrupt_on_signal()?;
    let mut reports = Vec::new();
    for dir in &arguments.dirs {
        let options = PurgeOptions {
            dir: dir.clone(),
            threads: threads(arguments.threads),
            memory_bytes: arguments.memory.saturating_mul(1 << 20),
        };
        let bar = Bar::new();
        let report = purge(&options, interrupt, &|progress| bar.show(progress));
        bar.done();
        let report = report?;
        if !arguments.json {
            text(&mut std::io::stdout().lock(), &report)?;
        }
        reports.push(report);
    }
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &serde_json::json!({ "datasets": reports }))?;
        writeln!(out)?;
    }
    Ok(Outcome::Done)
}

fn text(out: &mut impl Write, report: &PurgeReport) -> std::io::Result<()> {
    let dir = harmless(&report.dir.display().to_string());
    let rows = counted(report.rows, "removed row");
    writeln!(out, "{dir}: {rows} purged, {} written anew", counted(report.shards, "shard"))?;
    for (count, what) in [(report.vectors, "vector"), (report.pictures, "kept picture")] {
        if count > 0 {
            writeln!(out, "  {} of samples that are there no more", counted(count, what))?;
        }
    }
    let older = counted(report.snapshots, "older snapshot");
    writeln!(out, "  {older} and {} dropped; snapshot {} is left", counted(report.files, "file"), report.snapshot)
}
