//! The command `sayso`: the only crate that prints, reads arguments and exits.

mod arguments;
mod command;
mod exit;
mod output;
mod policy;
mod progress;

use clap::Parser;

fn main() -> std::process::ExitCode {
    let arguments = arguments::Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).without_time().init();
    exit::code(command::run(arguments))
}
