//! One file for each command.

#[cfg(feature = "diffusion")]
mod base;
mod build;
mod check;
mod claim;
#[cfg(feature = "cluster")]
mod cluster;
#[cfg(not(feature = "cluster"))]
#[path = "cluster_left_out.rs"]
mod cluster;
mod compare;
mod demo;
mod embed;
mod export;
mod fetch;
#[cfg(feature = "diffusion")]
mod generate;
#[cfg(not(feature = "diffusion"))]
#[path = "generate_left_out.rs"]
mod generate;
mod hash;
mod import;
mod index;
mod interrupt;
mod judge;
mod key;
mod lineage;
mod matching;
mod meaning;
mod models;
mod near;
mod purge;
mod receipt;
mod registry;
mod report;
mod report_card;
mod report_croissant;
mod report_file;
mod report_portfolio;
mod report_summary;
mod reserve;
mod search;
mod serve;
mod show;
mod signals;
mod sql;
#[cfg(all(feature = "diffusion", feature = "credentials"))]
mod studio;
#[cfg(not(all(feature = "diffusion", feature = "credentials")))]
#[path = "studio_left_out.rs"]
mod studio;
mod takedown;
#[cfg(feature = "diffusion")]
mod toy;
#[cfg(not(feature = "diffusion"))]
#[path = "toy_left_out.rs"]
mod toy;
mod trace;
#[cfg(feature = "diffusion")]
mod train;
#[cfg(not(feature = "diffusion"))]
#[path = "train_left_out.rs"]
mod train;
#[cfg(feature = "s3")]
mod transfer;
#[cfg(not(feature = "s3"))]
#[path = "transfer_left_out.rs"]
mod transfer;
mod vectors;
mod verify;

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;

use sayso::build::{CaptionOptions, NameList, default_limits, set_limit};
use sayso::claims::{Ground, RemoteOptions};
use sayso::online::{AllowPrivate, default_cache};
use sayso_core::Limits;

use crate::arguments::{Arguments, CaptionArguments, ClaimSource, Command, OnlineArguments};
use crate::exit::Outcome;

/// As many threads as somebody asked for, or as there are cores.
fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// The claims to judge by, where somebody asks for that: of a registry here, or of one that is served at an address.
fn grounds(claims: &ClaimSource, asking: Option<&OnlineArguments>) -> anyhow::Result<Option<Arc<Ground>>> {
    let ClaimSource { registry: Some(registry), registry_key: key } = claims else { return Ok(None) };
    let address = registry.to_str().filter(|text| text.starts_with("https://") || text.starts_with("http://"));
    let Some(address) = address else { return Ok(Some(Arc::new(Ground::open(registry)?))) };
    let cache = match asking {
        Some(asking) if asking.no_cache => None,
        Some(asking) => asking.cache.clone().or_else(default_cache),
        None => default_cache(),
    };
    let allow_private = AllowPrivate::of(asking.map_or(&[][..], |asking| &asking.allow_private));
    let (ground, report) = Ground::fetch(address, &RemoteOptions { key: key.clone(), cache, allow_private })?;
    let mut err = std::io::stderr();
    if report.is_new_key {
        writeln!(err, "note: lists of this registry are taken from now on if they are signed by {}", report.key)?;
    }
    if report.untold > 0 {
        let untold = crate::output::counted(report.untold, "claim");
        writeln!(
            err,
            "note: {untold} on addresses, folders and accounts cannot be judged by: the list does not tell them"
        )?;
        writeln!(err, "hint: ask {address}/api/v1/claims/look-up about the addresses, up to 10,000 at a time")?;
    }
    if report.unread > 0 {
        let unread = crate::output::counted(report.unread, "claim");
        writeln!(err, "warning: {unread} of the registry cannot be read here")?;
    }
    Ok(Some(Arc::new(ground)))
}

/// What is looked for in captions.
fn captions(asked: &CaptionArguments) -> anyhow::Result<CaptionOptions> {
    let names = asked.names.as_deref().map(NameList::read).transpose()?;
    Ok(CaptionOptions { names, drop_personal: asked.drop_personal })
}

/// The limits that reading starts from, with those that somebody changed.
fn limits(changed: &[(String, u64)]) -> anyhow::Result<Limits> {
    let mut limits = default_limits();
    for (name, value) in changed {
        set_limit(&mut limits, name, *value)?;
    }
    Ok(limits)
}

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Build(arguments) => build::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Takedown(arguments) => takedown::run(&arguments),
        Command::Receipt(arguments) => receipt::run(&arguments),
        Command::Purge(arguments) => purge::run(&arguments),
        Command::Pull(arguments) => transfer::run_pull(&arguments),
        Command::Push(arguments) => transfer::run_push(&arguments),
        Command::Fetch(arguments) => fetch::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Match(arguments) => matching::run(&arguments),
        Command::Near(arguments) => near::run(&arguments),
        Command::Vectors(arguments) => vectors::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Signals(arguments) => signals::run(&arguments),
        Command::Hash(arguments) => hash::run(&arguments),
        Command::Reserve(arguments) => reserve::run(&arguments),
        Command::Claim(arguments) => claim::run(&arguments),
        Command::Registry(arguments) => registry::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Key(arguments) => key::run(&arguments),
        Command::Lineage(arguments) => lineage::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Sql(arguments) => sql::run(&arguments),
        Command::SqlWorker(arguments) => sql::run_worker(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Cluster(arguments) => cluster::run(&arguments),
        Command::Worker(arguments) => cluster::run_worker(&arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Embed(arguments) => embed::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments),
    }
}

/// What was taken out of these datasets; none where there are none.
fn kept_out(dirs: &[std::path::PathBuf]) -> anyhow::Result<Option<std::sync::Arc<sayso::takedown::KeptOut>>> {
    if dirs.is_empty() {
        return Ok(None);
    }
    Ok(Some(std::sync::Arc::new(sayso::takedown::KeptOut::read(dirs)?)))
}
