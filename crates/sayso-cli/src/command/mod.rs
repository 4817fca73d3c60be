//! One file for each command.

mod build;
mod check;
mod claim;
mod compare;
mod demo;
mod embed;
mod export;
mod fetch;
mod hash;
mod import;
mod index;
mod judge;
mod matching;
mod meaning;
mod models;
mod near;
mod registry;
mod report;
mod report_file;
mod reserve;
mod search;
mod serve;
mod show;
mod signals;
mod sql;
mod vectors;

use std::num::NonZeroUsize;

use sayso::build::{CaptionOptions, NameList, default_limits, set_limit};
use sayso_core::Limits;

use crate::arguments::{Arguments, CaptionArguments, Command};
use crate::exit::Outcome;

/// As many threads as somebody asked for, or as there are cores.
fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
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
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Sql(arguments) => sql::run(&arguments),
        Command::SqlWorker(arguments) => sql::run_worker(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Embed(arguments) => embed::run(&arguments),
    }
}
