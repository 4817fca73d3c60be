//! One file for each command.

mod build;
mod check;
mod demo;
mod index;
mod judge;
mod reserve;
mod search;
mod serve;
mod show;
mod signals;

use crate::arguments::{Arguments, Command};
use crate::exit::Outcome;

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Build(arguments) => build::run(arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Signals(arguments) => signals::run(&arguments),
        Command::Reserve(arguments) => reserve::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Index(arguments) => index::run(&arguments),
    }
}
