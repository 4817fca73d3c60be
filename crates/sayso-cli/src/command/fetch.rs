use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sayso::build::Progress;
use sayso::fetch::{FetchLimits, FetchOptions, FetchReport, KeepOptions, KeepWhat, Manners, fetch};
use sayso::online::Contact;
use sayso::pictures::PICTURE_LIMITS;
use sayso::rejudge::agent_of;

use super::build::interrupt_on_signal;
use super::signals::{online, warn_of_cache};
use super::{cluster, threads};
use crate::arguments::{FeaturesWhat, Fetch, FetchArguments, Keep};
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Fetch) -> anyhow::Result<Outcome> {
    contact(&arguments.fetching)?;
    let elsewhere = cluster::fetching(arguments)?;
    let agent = match &arguments.agent {
        Some(agent) => agent.clone(),
        None => agent_of(&arguments.dir)?,
    };
    let memory_bytes = arguments.memory.saturating_mul(1 << 20);
    let threads = threads(arguments.threads);
    let options = options(arguments.dir.clone(), &arguments.fetching, &agent, threads, memory_bytes)?;
    let interrupt = interrupt_on_signal()?;
    let report = match &elsewhere {
        Some(elsewhere) => with_bar(&options, |progress| elsewhere.fetch(&options, interrupt, progress))?,
        None => fetch_and_warn(&options, interrupt)?,
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        text(&mut out, &options.dir, &report)?;
    }
    Ok(if report.lost() == 0 { Outcome::Done } else { Outcome::DoneWithDamage })
}

/// Who is behind the requests. Nobody fetches from strangers without saying so.
pub(super) fn contact(arguments: &FetchArguments) -> anyhow::Result<&Contact> {
    arguments.asking.contact.as_ref().ok_or_else(|| {
        anyhow::anyhow!(
            "no picture is fetched without a contact\nhint: name one with --contact, an http(s) address or one of mail: \
             servers are told it, so that whoever runs them can reach you"
        )
    })
}

pub(super) fn options(
    dir: PathBuf,
    arguments: &FetchArguments,
    agent: &str,
    threads: NonZeroUsize,
    memory_bytes: usize,
) -> anyhow::Result<FetchOptions> {
    let keep = arguments.keep.map(|keep| KeepOptions {
        what: match keep {
            Keep::Originals => KeepWhat::Originals,
            Keep::Resized => KeepWhat::Resized { side_pixels: arguments.size, mode: arguments.resize_mode },
            Keep::Thumbnails => KeepWhat::Thumbnails,
        },
        layout: arguments.keep_as,
        folder: arguments.keep_in.clone().unwrap_or_else(|| dir.join("pictures")),
    });
    Ok(FetchOptions {
        dir,
        online: Arc::new(online(&arguments.asking, agent)?),
        manners: Manners {
            connections: arguments.connections,
            hosts: arguments.hosts,
            retries: arguments.retries,
            back_off: arguments.back_off,
            max_age: std::time::Duration::from_secs(u64::from(arguments.max_age) * 3600),
        },
        limits: FetchLimits {
            picture_bytes: arguments.picture_bytes,
            area_pixels: arguments.picture_pixels,
            side_pixels: PICTURE_LIMITS.side_pixels,
            timeout: arguments.timeout,
        },
        features: arguments.features == FeaturesWhat::Keypoints,
        threads,
        memory_bytes,
        keep,
        part_rows: NonZeroUsize::try_from(arguments.samples_per_shard as usize)?,
    })
}

/// Fetches, with a bar and with what there is to say about the cache.
pub(super) fn fetch_and_warn(options: &FetchOptions, interrupt: &AtomicBool) -> anyhow::Result<FetchReport> {
    with_bar(options, |progress| fetch(options, interrupt, progress))
}

fn with_bar(
    options: &FetchOptions,
    fetch: impl FnOnce(&(dyn Fn(Progress) + Sync)) -> Result<FetchReport, sayso::Error>,
) -> anyhow::Result<FetchReport> {
    let bar = Bar::new();
    let report = fetch(&|progress| bar.show(progress));
    bar.done();
    warn_of_cache(&options.online)?;
    Ok(report?)
}

/// What a person wants to know at the end.
pub(super) fn text(out: &mut impl Write, dir: &Path, report: &FetchReport) -> std::io::Result<()> {
    let FetchReport { samples_before, samples, requests, fresh, .. } = report;
    writeln!(out, "{samples_before} samples, {requests} requests for pictures, {fresh} fetched not long ago")?;
    for (kind, count) in &report.by_kind {
        writeln!(out, "  {count} {}", kind.in_words())?;
        if let Some(example) = report.examples.get(kind) {
            writeln!(out, "    {}", harmless(example))?;
        }
    }
    for (reason, count) in &report.refused_by_reason {
        writeln!(out, "  refused now: {count} {}", harmless(reason))?;
    }
    if report.kept > 0 {
        writeln!(out, "{} pictures kept", report.kept)?;
    }
    if report.removed > 0 {
        writeln!(out, "{} removed that was kept before: it is refused now", counted(report.removed, "picture"))?;
    }
    let what = match report.snapshot == report.from_snapshot {
        true => format!("nothing to do; snapshot {} stands", report.snapshot),
        false => format!("snapshot {} with {samples} samples", report.snapshot),
    };
    writeln!(out, "{}: {what}", harmless(&dir.display().to_string()))
}
