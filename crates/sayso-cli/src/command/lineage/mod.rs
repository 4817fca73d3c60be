//! Who fed whom.

mod add;
mod check;
mod export;
mod names;
mod path;
mod scan;
mod show;

use std::path::Path;

use anyhow::Context;
use sayso_lineage::{FILE_LIMITS, Graph, LinkIx, load};

use crate::arguments::{Lineage, LineageArguments, LineageCommand};
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Lineage) -> anyhow::Result<Outcome> {
    match &arguments.command {
        LineageCommand::Show(arguments) => show::run(arguments),
        LineageCommand::Check(arguments) => check::run(arguments),
        LineageCommand::Path(arguments) => path::run(arguments),
        LineageCommand::Add(arguments) => add::run(arguments),
        LineageCommand::Export(arguments) => export::run(arguments),
        LineageCommand::Scan(arguments) => scan::run(arguments),
    }
}

pub(super) fn open(arguments: &LineageArguments) -> anyhow::Result<Graph> {
    Ok(load(!arguments.alone, &arguments.folders, &FILE_LIMITS)?)
}

/// The same, with the folder that is written into.
fn open_with(arguments: &LineageArguments, out: Option<&Path>) -> anyhow::Result<Graph> {
    let mut folders = arguments.folders.clone();
    folders.extend(out.filter(|out| out.is_dir()).map(Path::to_owned).filter(|out| !arguments.folders.contains(out)));
    Ok(load(!arguments.alone, &folders, &FILE_LIMITS)?)
}

/// A link as a line, with the addresses that it rests on.
fn told(graph: &Graph, link: LinkIx) -> String {
    let sentence = sayso_lineage::sentence_of(graph, link);
    let link = graph.link(link);
    let sources: Vec<&str> =
        link.edge.sources.iter().filter_map(|key| link.told_by.source(key)).map(|source| source.url.as_str()).collect();
    harmless(&format!("{sentence} <{}>", sources.join("> <")))
}

fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    fs_err::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}
