use std::io::Write;
use std::sync::Arc;

use sayso::rejudge::{RejudgeOptions, RejudgeReport, agent_of, policy_of, rejudge};
use sayso_core::Policy;

use super::build::{damage, interrupt_on_signal};
use super::signals::{online, warn_of_cache};
use super::{cluster, grounds, limits, threads};
use crate::arguments::Judge;
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Judge) -> anyhow::Result<Outcome> {
    let limits = limits(&arguments.limit)?;
    let elsewhere = cluster::judging(arguments)?;
    // Who names no policy keeps the one that the dataset has.
    let old = policy_of(&arguments.dir)?;
    let purpose = arguments.purpose.unwrap_or(old.purpose);
    let policy = match &arguments.policy {
        Some(choice) => choice.policy(purpose)?,
        None => Policy { purpose, ..old.clone() },
    };
    let online = match arguments.online {
        true => Some(Arc::new(online(&arguments.asking, &agent_of(&arguments.dir)?)?)),
        false => None,
    };
    let options = RejudgeOptions {
        dir: arguments.dir.clone(),
        policy,
        robots: arguments.robots.clone(),
        online: online.clone(),
        registry: grounds(&arguments.claims, Some(&arguments.asking))?,
        prefix: arguments.prefix.clone(),
        limits,
        threads: threads(arguments.threads),
        memory_bytes: arguments.memory.saturating_mul(1 << 20),
        dry_run: arguments.dry_run,
    };
    let interrupt = interrupt_on_signal()?;
    let bar = Bar::new();
    let show = |progress| bar.show(progress);
    let report = match &elsewhere {
        Some(elsewhere) => elsewhere.judge(&options, interrupt, &show),
        None => rejudge(&options, interrupt, &show),
    };
    bar.done();
    let report = report?;
    if let Some(online) = &online {
        warn_of_cache(online)?;
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        text(&mut out, &options, &old, &report)?;
    }
    Ok(if report.damage.is_empty() && report.not_learned == 0 { Outcome::Done } else { Outcome::DoneWithDamage })
}

fn text(out: &mut impl Write, options: &RejudgeOptions, old: &Policy, report: &RejudgeReport) -> std::io::Result<()> {
    if report.asked > 0 {
        writeln!(out, "{} asked, {} not learned", counted(report.asked, "site"), counted(report.not_learned, "file"))?;
        for example in &report.not_learned_examples {
            writeln!(out, "  not learned: {}", harmless(example))?;
        }
    }
    let RejudgeReport { judged, changed, refused, samples, .. } = report;
    let judged = counted(*judged, "sample");
    writeln!(out, "{judged} judged, {changed} with another verdict, {refused} refused, {samples} left")?;
    for (stance, count) in &report.verdicts {
        writeln!(out, "  {stance}: {count}")?;
    }
    for (reason, count) in &report.refused_by_reason {
        writeln!(out, "  refused: {count} {}", harmless(reason))?;
    }
    if let Some(head) = &report.registry_head {
        writeln!(out, "judged against the registry {}", harmless(&head.0))?;
    }
    if report.excluded_before > 0 && *old != options.policy {
        let count = counted(report.excluded_before, "pair");
        writeln!(out, "{count} refused before stay refused: nothing of them was kept that could be judged")?;
    }
    if report.removed > 0 {
        writeln!(out, "{} removed that was kept: it is refused now", counted(report.removed, "picture"))?;
    }
    damage(out, &report.damage)?;
    let dir = options.dir.display().to_string();
    let what = match (options.dry_run, report.snapshot == report.from_snapshot) {
        (true, _) => "nothing was written".to_owned(),
        (false, true) => format!("nothing changed; snapshot {} stands", report.snapshot),
        (false, false) => format!("snapshot {}", report.snapshot),
    };
    let policy = options.policy.to_string();
    writeln!(out, "{}: {what}, for {} under {}", harmless(&dir), options.policy.purpose, harmless(&policy))
}
