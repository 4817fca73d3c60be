use std::io::Write;

use sayso_lineage::{Hrefs, Picture, RULE_LIMITS, Style, check, path_json};

use super::{open, told, write_file};
use crate::arguments::LineagePath;
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &LineagePath) -> anyhow::Result<Outcome> {
    let graph = open(&arguments.lineage)?;
    let (from, to) = (graph.named(&arguments.from)?, graph.named(&arguments.to)?);
    let mut out = std::io::stdout().lock();
    let Some(path) = graph.path(from, to) else {
        let none = format!("no way is known from {} to {}", graph.node(from).name, graph.node(to).name);
        writeln!(out, "{}", if arguments.json { "null".to_owned() } else { harmless(&none) })?;
        return Ok(Outcome::No);
    };
    if let Some(file) = &arguments.svg {
        let alarms = check(&graph, &[], &RULE_LIMITS).alarms;
        write_file(file, &Picture::of_path(&graph, &path, &alarms).svg(&graph, Hrefs::Web, Style::Own))?;
    }
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &path_json(&graph, &path))?;
        writeln!(out)?;
    } else {
        if !path.is_flow {
            writeln!(out, "nothing is known to have gone this way; who and money hang together so:")?;
        }
        writeln!(out, "{}", harmless(&graph.node(path.from).name))?;
        for step in &path.steps {
            writeln!(out, "  ↓ {}", told(&graph, step.link))?;
            writeln!(out, "{}", harmless(&graph.node(step.to).name))?;
        }
    }
    // What only hangs together by money is not the answer to where works went.
    Ok(if path.is_flow { Outcome::Done } else { Outcome::No })
}
