use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::AtomicBool;

use sayso::build::{BuildOptions, DamageCounts, Report, SetAside, build};

use super::interrupt::on_ctrl_c;
use super::{captions, cluster, fetch, grounds, kept_out, limits, threads};
use crate::arguments::{Build, FeaturesWhat, FetchWhat};
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run(arguments: Build) -> anyhow::Result<Outcome> {
    let limits = limits(&arguments.limit)?;
    let features = arguments.fetching.features == FeaturesWhat::Keypoints;
    let elsewhere = cluster::elsewhere(&arguments)?;
    let is_address = arguments.out.to_str().is_some_and(sayso::is_address);
    anyhow::ensure!(
        !is_address || elsewhere.is_some(),
        "this machine alone builds into a folder\nhint: name a folder, and send it with `sayso push`, or build with --cluster"
    );
    anyhow::ensure!(
        !is_address || arguments.fetch == FetchWhat::None,
        "pictures are fetched for a dataset in a folder\nhint: build without --fetch, `sayso pull` the dataset, and `sayso fetch` there"
    );
    let fetching = (arguments.fetch == FetchWhat::Pictures).then_some(arguments.fetching);
    // Whoever names no contact is told before hours of building, not behind them.
    fetching.as_ref().map(fetch::contact).transpose()?;
    let options = BuildOptions {
        inputs: arguments.inputs,
        robots: arguments.robots,
        prefix: arguments.prefix,
        out: arguments.out,
        policy: arguments.policy.policy(arguments.purpose)?,
        agent: arguments.agent,
        limits,
        threads: threads(arguments.threads),
        memory_bytes: arguments.memory.saturating_mul(1 << 20),
        shard_rows: arguments.shard_rows,
        captions: captions(&arguments.captions)?,
        registry: grounds(&arguments.claims, None)?,
        kept_out: kept_out(&arguments.tombstones)?,
        features,
    };
    let interrupt = interrupt_on_signal()?;
    let bar = Bar::new();
    let show = |progress| bar.show(progress);
    let report = match &elsewhere {
        Some(elsewhere) => elsewhere.build(&options, interrupt, &show),
        None => build(&options, interrupt, &show),
    };
    bar.done();
    let report = report?;
    let mut out = std::io::stdout().lock();
    if !arguments.json {
        summary(&mut out, &options, &report)?;
        // What is known by now need not wait for hours of fetching.
        out.flush()?;
    }
    let fetched = match &fetching {
        Some(fetching) => {
            let BuildOptions { out: dir, agent, threads, memory_bytes, .. } = &options;
            let options = fetch::options(dir.clone(), fetching, agent, *threads, *memory_bytes)?;
            Some(fetch::fetch_and_warn(&options, interrupt)?)
        }
        None => None,
    };
    match (&fetched, arguments.json) {
        (Some(fetched), true) => {
            let mut json = serde_json::to_value(&report)?;
            json["fetch"] = serde_json::to_value(fetched)?;
            serde_json::to_writer_pretty(&mut out, &json)?;
            writeln!(out)?;
        }
        (None, true) => {
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        }
        (Some(fetched), false) => fetch::text(&mut out, &options.out, fetched)?,
        (None, false) => {}
    }
    let is_clean =
        report.damage.is_empty() && report.set_aside.is_empty() && fetched.is_none_or(|fetched| fetched.lost() == 0);
    Ok(if is_clean { Outcome::Done } else { Outcome::DoneWithDamage })
}

/// What a person wants to know at the end.
pub(crate) fn summary(out: &mut impl Write, options: &BuildOptions, report: &Report) -> std::io::Result<()> {
    let Report { counts, samples, exclusions, duplicates, .. } = report;
    writeln!(
        out,
        "{} of {}: {}, {}",
        counted(counts.records, "record"),
        counted(report.inputs, "file"),
        counted(counts.pages, "page"),
        counted(counts.pairs, "pair")
    )?;
    let (samples, exclusions) = (counted(*samples, "sample"), counted(*exclusions, "pair"));
    writeln!(out, "{samples}, {exclusions} refused, {duplicates} seen before")?;
    for (reason, count) in &report.exclusions_by_reason {
        writeln!(out, "  refused: {count} {reason}")?;
    }
    personal(out, &report.personal)?;
    damage(out, &report.damage)?;
    set_aside(out, &report.set_aside)?;
    writeln!(
        out,
        "{} for {} under {}",
        harmless(&options.out.display().to_string()),
        options.policy.purpose,
        options.policy
    )
}

/// What a dataset was made without.
pub(super) fn set_aside(out: &mut impl Write, inputs: &[SetAside]) -> std::io::Result<()> {
    inputs
        .iter()
        .try_for_each(|SetAside { input, error }| writeln!(out, "set aside: {}: {}", harmless(input), harmless(error)))
}

/// In how many captions there is something that leads to a person.
pub(super) fn personal(out: &mut impl Write, personal: &BTreeMap<String, u64>) -> std::io::Result<()> {
    if personal.is_empty() {
        return Ok(());
    }
    let kinds: Vec<String> = personal.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    writeln!(out, "captions with personal data: {}", kinds.join(", "))
}

/// What was wrong with the input, a line for each kind.
pub(super) fn damage(out: &mut impl Write, damage: &DamageCounts) -> std::io::Result<()> {
    if damage.is_empty() {
        return Ok(());
    }
    writeln!(out, "some input was bad:")?;
    for (kind, count) in damage.iter() {
        write!(out, "  {} {}", count.count, kind.as_str())?;
        if let Some(first) = count.examples.first() {
            let (file, message) = (harmless(&first.file), harmless(&first.message));
            write!(out, ", first in {file} at byte {}: {message}", first.offset)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A flag that the first interrupt sets; the second ends the program at once, as people expect.
pub(super) fn interrupt_on_signal() -> anyhow::Result<&'static AtomicBool> {
    static INTERRUPT: AtomicBool = AtomicBool::new(false);
    on_ctrl_c(|runtime| {
        INTERRUPT.store(true, std::sync::atomic::Ordering::Relaxed);
        let _ = runtime.block_on(tokio::signal::ctrl_c());
        let _all = super::report_file::remove_unfinished();
        std::process::exit(130);
    })?;
    Ok(&INTERRUPT)
}
